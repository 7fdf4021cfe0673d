import { useEffect, useMemo, useRef, useState } from 'react';
import type { RestRefusal } from '../api/rest';
import { useAnswer } from '../api/use-answer';
import { serverNow } from '../api/settings';
import { type Question, VIEW_LIMIT, restPath, viewOf } from './question';
import { type LiveUpdate, type RestSession, useLiveSessions } from '../sdk';
import { audienceHistory } from './audience-history';
import { type Row, rowOfCard, rowOfSession } from './row';

/** Without an answer of the gateway for so long, REST is asked instead: sooner where nothing is held that it said. */
const UNANSWERED_MS = 2500;
const HELD_UNANSWERED_MS = 5000;
const REST_EVERY_MS = 5000;
const REST_LIMIT = 100;

export interface Sessions {
  /** `rest`: no gateway answers; this is what REST said a moment ago. */
  state: 'loading' | 'live' | 'stale' | 'refused' | 'rest';
  rows: readonly Row[];
  total: number;
  at: readonly [epoch: number, seq: number] | undefined;
  refusal: { code: string; error: string; details?: RestRefusal['details'] } | undefined;
}

interface ListAnswer {
  sessions: RestSession[];
  total: number;
}

/** The answer to a question about what is open: from the gateway, else from REST, which gives fewer rows. */
export function useLiveRows(question: Question, limit = VIEW_LIMIT): Sessions {
  const update = useLiveSessions(viewOf(question, limit));
  const alone = useUnansweredSince(update);
  const path = alone === null ? null : restPath(question, { limit: String(Math.min(limit, REST_LIMIT)) });
  const rest = useAnswer<ListAnswer>(path, { everyMs: REST_EVERY_MS });
  const live = useMemo(() => update.sessions.map(rowOfCard), [update.sessions]);
  useEffect(() => noteCounts(live), [live]);
  const fallback = useMemo(() => rest.data && fromRest(rest.data), [rest.data]);
  if (update.state === 'refused') return { ...EMPTY, state: 'refused', refusal: update };
  // What REST said the last time that it was asked is older than what is held.
  if (alone !== null && fallback && (rest.answeredAt ?? 0) > alone - 1000) return fallback;
  if (alone === null || update.state !== 'loading') {
    const state = update.state === 'closed' ? 'stale' : update.state;
    return { state, rows: live, total: update.total, at: update.at, refusal: undefined };
  }
  return rest.refusal && rest.refusal.status >= 400 && rest.refusal.status < 500
    ? { ...EMPTY, state: 'refused', refusal: rest.refusal }
    : EMPTY;
}

/** Beside these a list is stale since the page was hidden, or since the gateway says so: it answers. */
const UNANSWERED: ReadonlySet<string> = new Set(['disconnected', 'refused', 'unanswered']);
const EMPTY: Sessions = { state: 'loading', rows: [], total: 0, at: undefined, refusal: undefined };

function fromRest({ sessions, total }: ListAnswer): Sessions {
  return { ...EMPTY, state: 'rest', rows: sessions.map(rowOfSession), total };
}

/** Since when the page does without the gateway, epoch ms by the server's clock: it has not answered for a while. */
function useUnansweredSince(update: LiveUpdate): number | null {
  const isUnanswered = update.state === 'loading' || (update.state === 'stale' && UNANSWERED.has(update.why));
  const patienceMs = update.state === 'stale' ? HELD_UNANSWERED_MS : UNANSWERED_MS;
  const [since, setSince] = useState<number | null>(null);
  useEffect(() => {
    if (!isUnanswered) return setSince(null);
    const timer = setTimeout(() => setSince(serverNow()), patienceMs);
    return () => clearTimeout(timer);
  }, [isUnanswered, patienceMs]);
  return since;
}

function noteCounts(rows: readonly Row[]): void {
  const now = serverNow();
  for (const { id, viewer_count } of rows) audienceHistory.note(id, viewer_count, now);
}

/** What a question was last answered, shown while the next one is: a list does not vanish because a word was typed. */
export function useKept(sessions: Sessions): Sessions {
  const last = useRef(sessions);
  if (sessions.state !== 'loading') last.current = sessions;
  return sessions.state === 'loading' ? last.current : sessions;
}

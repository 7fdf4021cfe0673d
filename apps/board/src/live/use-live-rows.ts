import { useEffect, useMemo, useRef, useState } from 'react';
import type { RestRefusal } from '../api/rest';
import { useAnswer } from '../api/use-answer';
import { serverNow } from '../api/settings';
import { type Question, VIEW_LIMIT, restPath, viewOf } from './question';
import { type LiveUpdate, type RestSession, useConnectionStatus, useLiveSessions } from '../sdk';
import { audienceHistory } from './audience-history';
import { type Row, rowOfCard, rowOfSession } from './row';

/** Without a gateway for so long, REST is asked instead. */
const WITHOUT_GATEWAY_MS = 2500;
const REST_EVERY_MS = 5000;
const REST_LIMIT = 100;

export interface Sessions {
  /** `rest`: no gateway is reached; this is what REST said a moment ago. */
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
  const isAlone = useWithoutGateway(update.state);
  const path = isAlone ? restPath(question, { limit: String(Math.min(limit, REST_LIMIT)) }) : null;
  const rest = useAnswer<ListAnswer>(path, { everyMs: REST_EVERY_MS });
  const live = useMemo(() => update.sessions.map(rowOfCard), [update.sessions]);
  useEffect(() => noteCounts(live), [live]);
  if (update.state === 'refused') return { ...EMPTY, state: 'refused', refusal: update };
  if (!isAlone) {
    const state = update.state === 'closed' ? 'stale' : update.state;
    return { state, rows: live, total: update.total, at: update.at, refusal: undefined };
  }
  if (rest.data) return { ...EMPTY, state: 'rest', rows: rest.data.sessions.map(rowOfSession), total: rest.data.total };
  return rest.refusal && rest.refusal.status >= 400 && rest.refusal.status < 500
    ? { ...EMPTY, state: 'refused', refusal: rest.refusal }
    : EMPTY;
}

const EMPTY: Sessions = { state: 'loading', rows: [], total: 0, at: undefined, refusal: undefined };

/** Whether no gateway was reached for a while, and nothing is held that it said. */
function useWithoutGateway(state: LiveUpdate['state']): boolean {
  const connection = useConnectionStatus();
  const isAway = state === 'loading' && connection.state !== 'connected';
  const [isAlone, setAlone] = useState(false);
  useEffect(() => {
    if (!isAway) return setAlone(false);
    const timer = setTimeout(() => setAlone(true), WITHOUT_GATEWAY_MS);
    return () => clearTimeout(timer);
  }, [isAway]);
  return isAlone;
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

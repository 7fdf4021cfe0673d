import { useEffect } from 'react';
import { type Answered, useAnswer } from '../api/use-answer';
import { type Stats, useLiveSessions } from '../sdk';
import { type KnownFreshness, useFreshness } from './use-freshness';

export interface Headline extends KnownFreshness {
  /** null: not known yet. */
  live: number | null;
  at: readonly [epoch: number, seq: number] | undefined;
}

/** The newest few that went on air; every page follows them, for its header. */
export const JUST_STARTED = { status: 'live', sort: 'started_at', order: 'desc', limit: 6 } as const;
const STATS_EVERY_MS = 3000;

/** How many are live, and how far the page can be trusted. */
export function useHeadline(): Headline {
  const list = useLiveSessions(JUST_STARTED);
  const freshness = useFreshness(list);
  const live = list.state === 'loading' ? null : list.total;
  useEffect(() => {
    document.title = live === null ? 'Marquee' : `${live} live · Marquee`;
  }, [live]);
  return { ...freshness, live, at: list.at };
}

/** The numbers of REST, asked every few seconds. */
export function useStats(): Answered<Stats> {
  return useAnswer<Stats>('/sessions/stats', { everyMs: STATS_EVERY_MS });
}

import { useEffect, useSyncExternalStore } from 'react';
import type { Answered } from '../api/answered';
import { type Stats, useLiveSessions } from '../sdk';
import { stats } from './stats';
import { type KnownFreshness, useFreshness } from './use-freshness';

export interface Headline extends KnownFreshness {
  /** null: not known yet. */
  live: number | null;
  at: readonly [epoch: number, seq: number] | undefined;
}

/** The newest few that went on air; every page follows them, for its header. */
export const JUST_STARTED = { status: 'live', sort: 'started_at', order: 'desc', limit: 6 } as const;

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

/** The numbers of REST, the same for all who look. */
export function useStats(): Answered<Stats> {
  return useSyncExternalStore(stats.subscribe, stats.read);
}

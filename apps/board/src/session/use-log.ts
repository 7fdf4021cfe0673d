import { useMemo } from 'react';
import { useApiKey } from '../api/api-key';
import type { RestRefusal } from '../api/rest';
import { useAnswer } from '../api/use-answer';
import type { RestSession } from '../sdk';
import { type KnownLog, LogWalk } from './log-walk';
import { type Group, timelineOf, untilItsOwnState } from './timeline';

/** The log has no push of its own: what it gains without a new version (duplicates, late ones) shows a little later. */
const EVERY_MS = 15_000;

export interface Log {
  /** undefined: not known yet, or not shown to this caller. */
  groups: Group[] | undefined;
  refusal: RestRefusal | undefined;
  hasKey: boolean;
  /** How many events are shown, where there are more. */
  cutAt: number | undefined;
  /** The times without a signal, Unix seconds. */
  silences: readonly (readonly [from: number, to: number | null])[];
}

/** What the events of a session did. Needs a key; without one nothing is asked. */
export function useLog(session: RestSession | undefined, id: string, version: string): Log {
  const key = useApiKey();
  const hasKey = key !== null;
  // What one key has walked over is not shown to another.
  const ask = useMemo(() => new LogWalk().askOn, [id, key]);
  const path = `/sessions/${id}/events?limit=100`;
  const { data, refusal } = useAnswer<KnownLog>(hasKey ? path : null, { again: version, everyMs: EVERY_MS, ask });
  return useMemo(() => {
    const told = data && timelineOf(data.events);
    const groups = told && session && data.isCut ? untilItsOwnState(told, session) : told;
    const silent = (groups ?? []).filter(({ phase }) => phase === 'silent');
    const seconds = (at: string) => Date.parse(at) / 1000;
    const silences = silent.map(({ from, to }) => [seconds(from), to === null ? null : seconds(to)] as const);
    return { groups, refusal, hasKey, cutAt: data?.isCut ? data.events.length : undefined, silences };
  }, [data, refusal, hasKey, session]);
}

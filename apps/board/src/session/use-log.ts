import { useMemo } from 'react';
import { useApiKey } from '../api/api-key';
import type { RestRefusal } from '../api/rest';
import { useAnswer } from '../api/use-answer';
import { type Group, type LoggedEvent, timelineOf } from './timeline';

/** The log has no push of its own: what it gains without a new version (duplicates, late ones) shows a little later. */
const EVERY_MS = 15_000;

export interface Log {
  /** undefined: not known yet, or not shown to this caller. */
  groups: Group[] | undefined;
  refusal: RestRefusal | undefined;
  hasKey: boolean;
  /** There are more events than were asked for. */
  isCut: boolean;
  /** The times without a signal, Unix seconds. */
  silences: readonly (readonly [from: number, to: number | null])[];
}

interface EventsAnswer {
  events: LoggedEvent[];
  next_cursor: string | null;
}

/** What the events of a session did. Needs a key; without one nothing is asked. */
export function useLog(id: string, version: string): Log {
  const hasKey = useApiKey() !== null;
  const { data, refusal } = useAnswer<EventsAnswer>(hasKey ? `/sessions/${id}/events?limit=100` : null, {
    again: version,
    everyMs: EVERY_MS,
  });
  return useMemo(() => {
    const groups = data && timelineOf(data.events);
    const silent = (groups ?? []).filter(({ phase }) => phase === 'silent');
    const seconds = (at: string) => Date.parse(at) / 1000;
    const silences = silent.map(({ from, to }) => [seconds(from), to === null ? null : seconds(to)] as const);
    return { groups, refusal, hasKey, isCut: data?.next_cursor !== null && data !== undefined, silences };
  }, [data, refusal, hasKey]);
}

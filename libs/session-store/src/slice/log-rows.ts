import type { Did } from '#libs/session';
import type { DerivedSession } from '../folds/derive-held';
import type { LogRow } from '../session-log/write-log';
import type { SessionToRecord } from './slice';

/** An event that was taken, and what it did. */
export type LoggedEvent = Pick<SessionToRecord, 'event' | 'fact' | 'origin'> & { did: Did; flags: string[] };

/** One row per session, with its events in the order of the slice. */
export function eventRows(events: readonly LoggedEvent[]): LogRow[] {
  return [...Map.groupBy(events, ({ event }) => event.subject)].map(([subject, of]) => {
    const [first] = of;
    throw new Error(`to be written ${subject} ${String(first)}`);
  });
}

/** What a session became without an event of its own: by time, by a heartbeat, by another session. `at`: epoch µs. */
export function derivedRow({ id, content }: DerivedSession, at: number): LogRow {
  throw new Error(`to be written ${id} ${at} ${String(content)}`);
}

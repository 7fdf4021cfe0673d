import type { Did } from '#libs/session';
import type { DerivedSession } from '../folds/derive-held';
import type { LogRow } from '../session-log/write-log';
import type { SessionToRecord } from './slice';

/** An event that was taken, and what it did. */
export type LoggedEvent = Pick<SessionToRecord, 'event' | 'fact' | 'origin'> & {
  did: Did | 'duplicate';
  flags: string[];
};

/** One row per session, with its events in the order of the slice. */
export function eventRows(events: readonly LoggedEvent[]): LogRow[] {
  const rows = new Map<string, LogRow>();
  for (const { event, fact, origin, did, flags } of events) {
    const { topic, partition, offset } = origin.place;
    const entry = [Number(offset), fact.at, fact.brokerTime, did, flags, event];
    const row = rows.get(event.subject);
    if (row) {
      row.entries.push(entry);
      row.last_offset = offset;
    } else {
      const place = { topic, partition, first_offset: offset, last_offset: offset };
      rows.set(event.subject, { subject: event.subject, ...place, entries: [entry] });
    }
  }
  return [...rows.values()];
}

/** What a session became without an event of its own: by time, by a heartbeat, by another session. `at`: epoch µs. */
export function derivedRow({ id, content }: DerivedSession, at: number): LogRow {
  const { status, health, end_reason } = content;
  const nowhere = { topic: null, partition: null, first_offset: null, last_offset: null };
  return { subject: id, ...nowhere, entries: [[null, at, null, 'derived', [], { status, health, end_reason }]] };
}

import { structuredForm } from '#libs/contracts';
import type { Did } from '#libs/session';
import type { Loggable } from '../slice/loggable';
import type { Became, Entry } from './entry';
import type { LogRow } from './write-log';

/** An event, and what it did. */
export type ToLog = Loggable & { did: Did; flags: readonly string[] };

/** One row per subject and partition, with its events in their order. */
export function eventRows(events: readonly ToLog[]): LogRow[] {
  const groups = new Map<string, ToLog[]>();
  for (const one of events) {
    const { topic, partition } = one.origin.place;
    const key = JSON.stringify([one.event.subject, topic, partition]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].map(rowOf);
}

/** `at`: epoch µs of when it became so. */
export function derivedRow(subject: string, at: number, { status, health, end_reason }: Became): LogRow {
  const became: Became = { status, health, end_reason };
  const entry: Entry = [null, at, null, 'derived', [], became];
  return {
    subject,
    topic: null,
    partition: null,
    first_offset: null,
    last_offset: null,
    entries: JSON.stringify([entry]),
  };
}

function rowOf([first, ...more]: ToLog[]): LogRow {
  if (!first) throw new Error('a row of the log has at least one event');
  const { event, origin } = first;
  const { topic, partition } = origin.place;
  let [least, most] = [BigInt(origin.place.offset), BigInt(origin.place.offset)];
  let entries = entryText(first);
  for (const one of more) {
    const offset = BigInt(one.origin.place.offset);
    if (offset < least) least = offset;
    if (offset > most) most = offset;
    entries += `,${entryText(one)}`;
  }
  return {
    subject: event.subject,
    topic,
    partition,
    first_offset: String(least),
    last_offset: String(most),
    entries: `[${entries}]`,
  };
}

/** The event stands in it as it was sent, letter by letter. */
function entryText({ origin, at, brokerTime, did, flags }: ToLog): string {
  const { place, record } = origin;
  return `[${place.offset},${at},${brokerTime},"${did}",${JSON.stringify(flags)},${structuredForm(record)}]`;
}

import { EVENT_TYPES } from '#libs/contracts';
import type { Entry } from './entry';

/** An entry of the log, with where it stands in it. */
export interface LogEntry {
  /** The number of its row, and its place in the row. */
  row: string;
  index: number;
  recordedAt: number;
  /** Where the event lay; null for what was derived. */
  place: { topic: string; partition: number; offset: string } | null;
  /** The clamped time, epoch µs. */
  at: number;
  /** Epoch ms; null for what was derived, and where an older version recorded it. */
  brokerTime: number | null;
  did: Entry[3];
  flags: string[];
  /** In structured form, as it was sent; what a session became where it was derived. */
  event: unknown;
}

export interface StoredRow {
  id: string;
  topic: string | null;
  partition: number | null;
  recorded_at: Date;
  entries: string;
}

export function readEntries({ id, topic, partition, recorded_at: recordedAt, entries }: StoredRow): LogEntry[] {
  return (JSON.parse(entries) as Entry[]).map(([offset, at, brokerTime, did, flags, event], index) => ({
    row: id,
    index,
    recordedAt: recordedAt.getTime(),
    place:
      topic === null || partition === null || offset === null ? null : { topic, partition, offset: String(offset) },
    at,
    brokerTime,
    did,
    flags,
    event,
  }));
}

/** The log holds events of rooms, hosts and presets too; a session may have the id of one of them. */
export function isOfSession({ event }: LogEntry): boolean {
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
  return typeof type !== 'string' || EVENT_TYPES.get(type)?.topic !== 'directory';
}

import type { DataSource } from 'typeorm';
import { type LogEntry, type StoredRow, isOfSession, readEntries } from './read-entries';

/** The place of an entry in the log of its session. */
export type LogPlace = Pick<LogEntry, 'row' | 'index'>;

const BEFORE_ALL: LogPlace = { row: '0', index: -1 };
/** So many rows are read at once, and so many bytes, but for a row that is larger alone. */
const ROWS_AT_ONCE = 100;
const BYTES_AT_ONCE = 4_000_000;
/** A slice has no more messages. */
const MOST_ROWS_OF_A_SLICE = 20_000;

/**
 * The first `limit` entries of a session, after a place where one is given, in the order in which they were recorded:
 * what is recorded late comes late, so that whoever goes on from a place misses nothing.
 */
export async function loggedEvents(
  source: DataSource,
  sessionId: string,
  limit: number,
  after: LogPlace = BEFORE_ALL,
): Promise<LogEntry[]> {
  const found: LogEntry[] = [];
  for (let from = BigInt(after.row); found.length < limit;) {
    const rows = await rowsFrom(source, sessionId, from);
    const last = rows.at(-1);
    if (!last) break;
    found.push(...rows.flatMap(readEntries).filter((one) => isOfSession(one) && isAfter(one, after)));
    from = BigInt(last.id) + 1n;
  }
  return found.slice(0, limit);
}

/**
 * An entry by where its event lay in Kafka; undefined: nothing was logged of that place. Where the topic was made anew, and
 * the place was taken twice, the later one is given.
 */
export async function loggedAt(
  source: DataSource,
  topic: string,
  partition: number,
  offset: string,
): Promise<(LogEntry & { subject: string }) | undefined> {
  // It is in a row of its slice, and these are the first rows that end with it or behind it.
  const rows = (await source.query(
    `SELECT id, subject, topic, partition, recorded_at, entries FROM (
       SELECT id, subject, topic, partition, first_offset, recorded_at, entries FROM session_log
       WHERE topic = $1 AND partition = $2 AND last_offset >= $3
       ORDER BY last_offset, id LIMIT $4) AS near
     WHERE first_offset <= $3 AND position('[' || $3::bigint || ',' IN entries) > 0
     ORDER BY id DESC`,
    [topic, partition, offset, MOST_ROWS_OF_A_SLICE],
  )) as (StoredRow & { subject: string })[];
  for (const row of rows) {
    const entry = readEntries(row).find(({ place }) => place?.offset === offset);
    if (entry) return { ...entry, subject: row.subject };
  }
  return undefined;
}

/** The next rows from a number on, at least one where there is one. */
async function rowsFrom(source: DataSource, sessionId: string, from: bigint): Promise<StoredRow[]> {
  return (await source.query(
    `SELECT id, topic, partition, recorded_at, entries FROM (
       SELECT id, topic, partition, recorded_at, entries,
         sum(octet_length(entries)) OVER (ORDER BY id) - octet_length(entries) AS bytes_before
       FROM (SELECT id, topic, partition, recorded_at, entries FROM session_log
             WHERE subject = $1 AND id >= $2 ORDER BY id LIMIT $3) AS next_rows) AS measured
     WHERE bytes_before < $4 ORDER BY id`,
    [sessionId, String(from), ROWS_AT_ONCE, BYTES_AT_ONCE],
  )) as StoredRow[];
}

/** Of rows from that of the place on. */
function isAfter(one: LogPlace, place: LogPlace): boolean {
  return one.row !== place.row || one.index > place.index;
}

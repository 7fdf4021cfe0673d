import type { DataSource } from 'typeorm';

/** An event of the log; times as epoch ms, but for `at`. */
export interface LogEntry {
  id: string;
  source: string;
  type: string;
  /** As the producer said it. */
  time: number;
  /** What it is ordered by: `time`, clamped to the broker's; epoch µs. */
  at: number;
  /** When the broker got it; null where an older version recorded it. */
  broker_time: number | null;
  /** What orders, as decimal digits. */
  sequence: string;
  /** A sequence that is no integer, as it was sent. */
  odd_sequence: string | null;
  received_at: number;
  data: Record<string, unknown> | null;
}

/** The place of an entry in its session's order. */
export type LogPlace = Pick<LogEntry, 'at' | 'sequence' | 'source' | 'id'>;

interface Row {
  id: string;
  source: string;
  type: string;
  time: Date;
  at: string;
  broker_time: Date | null;
  seq: string;
  odd_sequence: string | null;
  received_at: Date;
  payload: Record<string, unknown> | null;
}

/** The first `limit` events of a session, in the order that the fold gives them, after a place where one is given. */
export async function loggedEvents(
  source: DataSource,
  sessionId: string,
  limit: number,
  after?: LogPlace,
): Promise<LogEntry[]> {
  const place = after ? [after.at, after.sequence, after.source, after.id] : [];
  const rows = (await source.query(
    `SELECT id, source, type, time, (extract(epoch FROM at) * 1000000)::bigint AS at, broker_time, seq, odd_sequence,
       received_at, payload FROM event_log
     WHERE subject = $1 ${
       after
         ? `AND (event_log.at, seq, source, id) >
       (timestamptz 'epoch' + $3::float8 * interval '1 microsecond', $4::numeric, $5, $6)`
         : ''
     }
     ORDER BY event_log.at, seq, source, id LIMIT $2`,
    [sessionId, limit, ...place],
  )) as Row[];
  return rows.map(({ time, at, broker_time, seq, received_at, payload, ...row }) => ({
    ...row,
    time: time.getTime(),
    at: Number(at),
    broker_time: broker_time?.getTime() ?? null,
    sequence: seq,
    received_at: received_at.getTime(),
    data: payload,
  }));
}

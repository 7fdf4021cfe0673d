import type { DataSource } from 'typeorm';

/**
 * Moves the next look at calm sessions that gave a sign since it was set, at most `limit` of them, without a look at
 * their folds. Gives how many were moved. Rows that somebody else is at are left for the next call: a heartbeat never
 * waits for another one's look.
 */
export async function moveDue(source: DataSource, watermark: number, limit: number): Promise<number> {
  const [, moved] = (await source.query(MOVE, [new Date(watermark).toISOString(), limit])) as [unknown[], number];
  return moved;
}

const MOVE = `
  UPDATE session_signals s SET due = signalled.due FROM (
    SELECT session_id, last_signal_at + half_lease_ms * interval '1 millisecond' AS due FROM session_signals
    WHERE due < $1 AND calm AND last_signal_at + half_lease_ms * interval '1 millisecond' >= $1
    ORDER BY due LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
  ) signalled
  WHERE s.session_id = signalled.session_id`;

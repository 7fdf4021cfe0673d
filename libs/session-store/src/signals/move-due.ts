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

// An array, not a join: so it is looked up by its key, however many rows the planner believes there to be.
const MOVE = `
  UPDATE session_signals s SET due = s.last_signal_at + s.half_lease_ms * interval '1 millisecond'
  WHERE s.session_id = ANY (ARRAY(
    SELECT session_id FROM session_signals
    WHERE due < $1 AND calm AND last_signal_at + half_lease_ms * interval '1 millisecond' >= $1
    ORDER BY due LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
  ))`;

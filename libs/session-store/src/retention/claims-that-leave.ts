import type { QueryRunner } from 'typeorm';

/**
 * Takes away claims of sessions that are about to leave, at most `limit` of theirs, in the caller's transaction, which has
 * locked the rooms. A claim that stands directly behind one of a session that stays is kept: it says what took that one
 * over. Where a session that leaves held such a claim of one that had left before, that goes with it. Gives how many went.
 *
 * No claim can come to stand between them afterwards: an event that is older than the horizon is not taken, and what
 * leaves is older.
 */
export async function takeClaimsAway(runner: QueryRunner, sessions: readonly string[], limit: number): Promise<number> {
  const [, taken] = (await runner.query(TAKE, [sessions, limit])) as [unknown, number];
  return taken;
}

const TAKE = `
  WITH own AS MATERIALIZED (
    SELECT session_id, at, seq, source, event_id, room_id FROM room_claims WHERE session_id = ANY($1::uuid[])
    ORDER BY session_id, at, seq, source, event_id LIMIT $2
  ), may_leave AS MATERIALIZED (
    SELECT * FROM own
    UNION
    SELECT behind.* FROM own CROSS JOIN LATERAL (
      SELECT c.session_id, c.at, c.seq, c.source, c.event_id, c.room_id FROM room_claims c
      WHERE c.room_id = own.room_id
        AND (c.at, c.seq, c.source, c.event_id, c.session_id) > (own.at, own.seq, own.source, own.event_id, own.session_id)
      ORDER BY c.at, c.seq, c.source, c.event_id, c.session_id LIMIT 1
    ) behind
    WHERE NOT EXISTS (SELECT FROM session_folds f WHERE f.id = behind.session_id)
  )
  DELETE FROM room_claims d USING (
    SELECT m.* FROM may_leave m LEFT JOIN LATERAL (
      SELECT c.session_id FROM room_claims c
      WHERE c.room_id = m.room_id
        AND (c.at, c.seq, c.source, c.event_id, c.session_id) < (m.at, m.seq, m.source, m.event_id, m.session_id)
      ORDER BY c.at DESC, c.seq DESC, c.source DESC, c.event_id DESC, c.session_id DESC LIMIT 1
    ) before ON true
    WHERE before.session_id IS NULL OR before.session_id = ANY($1::uuid[])
      OR NOT EXISTS (SELECT FROM session_folds f WHERE f.id = before.session_id)
  ) AS gone
  WHERE (d.session_id, d.at, d.seq, d.source, d.event_id)
    = (gone.session_id, gone.at, gone.seq, gone.source, gone.event_id)`;

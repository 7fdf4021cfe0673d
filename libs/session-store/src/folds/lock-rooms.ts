import type { QueryRunner } from 'typeorm';

/**
 * Locks rooms for the transaction: those that are given, and those that the sessions stand in now. Gives them. So many
 * rooms share one lock that a transaction never holds more than 1024; they are taken in one order by everybody.
 */
export async function lockRooms(
  runner: QueryRunner,
  rooms: Iterable<string>,
  sessions: readonly string[],
): Promise<Set<string>> {
  const given = [...rooms];
  if (given.length + sessions.length === 0) return new Set();
  const rows = (await runner.query(LOCK, [given, sessions])) as { room_id: string }[];
  return new Set(rows.map(({ room_id: room }) => room));
}

const LOCK = `
  WITH rooms AS MATERIALIZED (
    SELECT room_id, (hashtextextended(room_id::text, 7215) & 1023)::integer AS bucket FROM (
      SELECT unnest($1::uuid[])
      UNION
      SELECT room_id FROM session_folds WHERE id = ANY($2::uuid[]) AND room_id IS NOT NULL
    ) AS named (room_id)
  ), locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(7215, bucket) FROM (SELECT DISTINCT bucket FROM rooms ORDER BY bucket) AS buckets
  )
  SELECT room_id FROM rooms WHERE (SELECT count(*) FROM locked) > 0`;

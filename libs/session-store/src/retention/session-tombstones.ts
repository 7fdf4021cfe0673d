import type { Leaving } from './leaving';
import { oldRows } from './old-rows';

/**
 * What stays of sessions that left is forgotten after so many days. From then on a Kafka that still holds their events,
 * read from its beginning, would bring them back (see docs/decisions/0063).
 */
export function sessionTombstones(days: number): Leaving {
  return oldRows({ table: 'session_tombstones', days, oldest: OLDEST, count: COUNT, take: TAKE });
}

const OLDEST = `SELECT min(left_at) AS at FROM session_tombstones`;

const COUNT = `
  SELECT count(*) AS rows FROM (
    SELECT FROM session_tombstones WHERE left_at < $1 ORDER BY left_at, id LIMIT $2) AS old`;

const TAKE = `
  DELETE FROM session_tombstones WHERE id = ANY (ARRAY(
    SELECT id FROM session_tombstones WHERE left_at < $1 ORDER BY left_at, id LIMIT $2 FOR UPDATE SKIP LOCKED))`;

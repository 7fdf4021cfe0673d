import type { Leaving } from './leaving';
import { oldRows } from './old-rows';

/**
 * Rooms, hosts and presets leave so many days after they were deleted, and what they were found by goes with them. The
 * greatest of their versions stays in `reference_floor`, so that one that comes back has a greater version than before.
 */
export function deletedEntities(days: number): Leaving {
  return oldRows({ table: 'reference_data', days, oldest: OLDEST, count: COUNT, take: TAKE });
}

const OLDEST = `SELECT min(at) AS at FROM reference_data WHERE state IS NULL AND at > '-infinity'`;

const COUNT = `
  SELECT count(*) AS rows FROM (
    SELECT FROM reference_data WHERE state IS NULL AND at < $1 ORDER BY at, id LIMIT $2) AS deleted`;

const TAKE = `
  WITH old AS MATERIALIZED (
    SELECT id, version FROM reference_data WHERE state IS NULL AND at < $1 ORDER BY at, id LIMIT $2 FOR UPDATE SKIP LOCKED
  ), texts AS (
    DELETE FROM reference_texts t USING old WHERE t.id = old.id
  ), floor AS (
    UPDATE reference_floor f SET version = greatest(f.version, (SELECT max(version) FROM old)) WHERE EXISTS (SELECT FROM old)
  )
  DELETE FROM reference_data r USING old WHERE r.id = old.id`;

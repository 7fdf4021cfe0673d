import type { Leaving } from './leaving';
import { oldRows } from './old-rows';

/** Keys leave so many days after they were revoked. */
export function revokedKeys(days: number): Leaving {
  return oldRows({ table: 'api_keys', days, oldest: OLDEST, count: COUNT, take: TAKE });
}

const OLDEST = `SELECT min(revoked_at) AS at FROM api_keys WHERE revoked_at IS NOT NULL`;

const COUNT = `
  SELECT count(*) AS rows FROM (
    SELECT FROM api_keys WHERE revoked_at < $1 ORDER BY revoked_at, id LIMIT $2) AS revoked`;

const TAKE = `
  DELETE FROM api_keys WHERE id = ANY (ARRAY(
    SELECT id FROM api_keys WHERE revoked_at < $1 ORDER BY revoked_at, id LIMIT $2 FOR UPDATE SKIP LOCKED))`;

import type { Leaving } from './leaving';
import { oldRows } from './old-rows';

/** What operators did leaves so many days after it was over; what nobody has carried out stays. */
export function oldActs(days: number): Leaving {
  return oldRows({ table: 'admin_acts', days, oldest: OLDEST, count: COUNT, take: TAKE });
}

const OLDEST = `SELECT min(ended_at) AS at FROM admin_acts WHERE ended_at IS NOT NULL`;

const COUNT = `
  SELECT count(*) AS rows FROM (
    SELECT FROM admin_acts WHERE ended_at < $1 ORDER BY ended_at, id LIMIT $2) AS old`;

const TAKE = `
  DELETE FROM admin_acts WHERE id = ANY (ARRAY(
    SELECT id FROM admin_acts WHERE ended_at < $1 ORDER BY ended_at, id LIMIT $2 FOR UPDATE SKIP LOCKED))`;

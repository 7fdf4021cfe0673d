import type { Leaving } from './leaving';
import { oldRows } from './old-rows';

/** Ranges of the quarantine leave as its rows do. */
export function closedRanges(days: number): Leaving {
  return oldRows({ table: 'quarantine_ranges', days, oldest: OLDEST, count: COUNT, take: TAKE });
}

const OLDEST = `SELECT min(state_at) AS at FROM quarantine_ranges WHERE state <> 'open'`;

const COUNT = `
  SELECT count(*) AS rows FROM (
    SELECT FROM quarantine_ranges WHERE state <> 'open' AND state_at < $1 ORDER BY state_at, id LIMIT $2) AS closed`;

const TAKE = `
  DELETE FROM quarantine_ranges WHERE id = ANY (ARRAY(
    SELECT id FROM quarantine_ranges WHERE state <> 'open' AND state_at < $1
    ORDER BY state_at, id LIMIT $2 FOR UPDATE SKIP LOCKED))`;

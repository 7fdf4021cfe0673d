import type { Leaving } from './leaving';
import { oldRows } from './old-rows';

/** Rows of the quarantine leave so many days after they were replayed or discarded; open ones stay. */
export function closedQuarantine(days: number): Leaving {
  return oldRows({ table: 'quarantine', days, oldest: OLDEST, count: COUNT, take: TAKE });
}

const OLDEST = `SELECT min(state_at) AS at FROM quarantine WHERE state <> 'open'`;

const COUNT = `
  SELECT count(*) AS rows FROM (
    SELECT FROM quarantine WHERE state <> 'open' AND state_at < $1 ORDER BY state_at, id LIMIT $2) AS closed`;

// A row may hold a megabyte: what a step takes is bounded in bytes too.
const TAKE = `
  DELETE FROM quarantine WHERE id = ANY (ARRAY(
    SELECT id FROM quarantine WHERE id IN (
      SELECT id FROM (
        SELECT id, sum(coalesce(octet_length(value), 0)) OVER (ORDER BY state_at, id) - coalesce(octet_length(value), 0) AS bytes_before
        FROM (
          SELECT id, state_at, value FROM quarantine WHERE state <> 'open' AND state_at < $1 ORDER BY state_at, id LIMIT $2
        ) AS closed
      ) AS measured WHERE bytes_before < 32000000
    ) AND state <> 'open' AND state_at < $1 ORDER BY id FOR UPDATE SKIP LOCKED))`;

import type { Leaving } from './leaving';
import { oldRows } from './old-rows';

/** What is known of gaps in the ingest leaves after so many days. */
export function oldGaps(days: number): Leaving {
  return oldRows({ table: 'ingest_gaps', days, oldest: OLDEST, count: COUNT, take: TAKE });
}

const OLDEST = `SELECT min(found_at) AS at FROM ingest_gaps`;

const COUNT = `
  SELECT count(*) AS rows FROM (
    SELECT FROM ingest_gaps WHERE found_at < $1 ORDER BY found_at, id LIMIT $2) AS old`;

const TAKE = `
  DELETE FROM ingest_gaps WHERE id = ANY (ARRAY(
    SELECT id FROM ingest_gaps WHERE found_at < $1 ORDER BY found_at, id LIMIT $2 FOR UPDATE SKIP LOCKED))`;

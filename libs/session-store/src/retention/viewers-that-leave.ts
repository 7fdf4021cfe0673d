import type { QueryRunner } from 'typeorm';
import type { TakenAway } from './take-sessions-away';

/** Over all sessions of a step, of each table. */
const BUCKETS_AT_ONCE = 1500;

/**
 * Takes the viewer history of sessions away, at most so many buckets, in the caller's transaction. It must have locked
 * their counts: nobody writes a bucket without them.
 */
export async function takeViewersAway(runner: QueryRunner, sessions: readonly string[]): Promise<TakenAway> {
  let rows = 0;
  for (const text of TAKE) {
    const [, taken] = (await runner.query(text, [sessions, BUCKETS_AT_ONCE])) as [unknown, number];
    rows += taken;
    if (taken === BUCKETS_AT_ONCE) return { rows, whole: false };
  }
  return { rows, whole: true };
}

/** One for each grain. */
const TAKE = [
  `DELETE FROM viewer_buckets WHERE (session_id, bucket) IN (
     SELECT session_id, bucket FROM viewer_buckets WHERE session_id = ANY($1::uuid[]) LIMIT $2)`,
];

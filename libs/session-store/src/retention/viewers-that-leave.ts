import type { QueryRunner } from 'typeorm';

export interface TakenAway {
  rows: number;
  /** False: the same sessions have more than one step takes. */
  whole: boolean;
}

/** Over all sessions of a step, of each grain. */
const BUCKETS_AT_ONCE = 1500;

/**
 * Takes the viewer history of sessions away, at most so many buckets, in the caller's transaction. It must have locked
 * their counts: nobody writes a bucket without them.
 */
export async function takeViewersAway(runner: QueryRunner, sessions: readonly string[]): Promise<TakenAway> {
  let rows = 0;
  for (const { find, all, first } of GRAINS) {
    const found = (await runner.query(find, [sessions, BUCKETS_AT_ONCE + 1])) as { session_id: string }[];
    const isWhole = found.length <= BUCKETS_AT_ONCE;
    const [, taken] = (await (isWhole
      ? runner.query(all, [[...new Set(found.map(({ session_id: id }) => id))]])
      : runner.query(first, [found[0]?.session_id, BUCKETS_AT_ONCE]))) as [unknown, number];
    rows += taken;
    if (!isWhole) return { rows, whole: false };
  }
  return { rows, whole: true };
}

/** `first`: the first buckets of one session. */
const GRAINS = [
  {
    find: `SELECT session_id FROM viewer_buckets WHERE session_id = ANY($1::uuid[]) LIMIT $2`,
    all: `DELETE FROM viewer_buckets WHERE session_id = ANY($1::uuid[])`,
    first: `DELETE FROM viewer_buckets WHERE session_id = $1 AND bucket <= (SELECT max(bucket) FROM (
      SELECT bucket FROM viewer_buckets WHERE session_id = $1 ORDER BY bucket LIMIT $2) AS first)`,
  },
  {
    find: `SELECT session_id FROM viewer_minutes WHERE session_id = ANY($1::uuid[]) LIMIT $2`,
    all: `DELETE FROM viewer_minutes WHERE session_id = ANY($1::uuid[])`,
    first: `DELETE FROM viewer_minutes WHERE session_id = $1 AND bucket <= (SELECT max(bucket) FROM (
      SELECT bucket FROM viewer_minutes WHERE session_id = $1 ORDER BY bucket LIMIT $2) AS first)`,
  },
  {
    find: `SELECT session_id FROM viewer_hours WHERE session_id = ANY($1::uuid[]) LIMIT $2`,
    all: `DELETE FROM viewer_hours WHERE session_id = ANY($1::uuid[])`,
    first: `DELETE FROM viewer_hours WHERE session_id = $1 AND bucket <= (SELECT max(bucket) FROM (
      SELECT bucket FROM viewer_hours WHERE session_id = $1 ORDER BY bucket LIMIT $2) AS first)`,
  },
];

import type { QueryRunner } from 'typeorm';
import { foldInto } from './viewer-grains';

const LATE_MINUTES = (rows: string) =>
  foldInto(
    'minute',
    `(SELECT given.* FROM ${rows}, viewer_grains g WHERE given.bucket < g.tens_from AND given.bucket >= g.minutes_from) AS late`,
  );
const LATE_HOURS = (rows: string) =>
  foldInto('hour', `(SELECT given.* FROM ${rows}, viewer_grains g WHERE given.bucket < g.minutes_from) AS late`);

/**
 * Writes those of the given buckets of ten seconds that come after their time was rolled up, in the caller's transaction:
 * to the grain that is left. `rows` and `values`: see `unnest`.
 */
export async function writeLateBuckets(runner: QueryRunner, rows: string, values: unknown[]): Promise<void> {
  await runner.query(LATE_MINUTES(rows), values);
  await runner.query(LATE_HOURS(rows), values);
}

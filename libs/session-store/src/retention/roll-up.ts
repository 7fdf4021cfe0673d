import type { DataSource } from 'typeorm';
import { foldInto } from '../history/viewer-grains';
import { inTransaction } from '../transaction';
import { LOCK_WITHIN_MS, type LeavingPartition } from './drop-partitions';
import type { LeavingStep } from './leaving';
import { window } from './page-windows';

/**
 * Twenty thousand rows at most. The more are read at once, the fewer times the same minute is written; nobody else waits
 * for the minutes of a time that is rolled up.
 */
const PAGES_PER_STEP = 200;

/** What is rolled up of a session that left meanwhile would stay for ever. */
const oldOf = (name: string) => `
  SELECT b.* FROM "${name}" b
  WHERE b.ctid >= $1::tid AND b.ctid < $2::tid
    AND EXISTS (SELECT FROM session_counts c WHERE c.session_id = b.session_id)`;

const INTO_MINUTES = foldInto(
  'minute',
  '(SELECT old.* FROM old, viewer_grains WHERE bucket >= minutes_from) AS recent',
);
const INTO_HOURS = foldInto('hour', '(SELECT old.* FROM old, viewer_grains WHERE bucket < minutes_from) AS past');

/** Minutes and hours of what is in a window of pages; minutes that are not kept any more become hours at once. */
const rollUpTens = (name: string) => `
  WITH old AS MATERIALIZED (${oldOf(name)}), into_minutes AS (${INTO_MINUTES}), into_hours AS (${INTO_HOURS})
  SELECT count(*)::integer AS rows FROM old`;
const rollUpMinutes = (name: string) => `
  WITH old AS MATERIALIZED (${oldOf(name)}), into_hours AS (${foldInto('hour', 'old')})
  SELECT count(*)::integer AS rows FROM old`;

/** Whether it has pages that were not rolled up, or after it was detached, not looked through once more. */
export function isToBeRolledUp({ state, pages, rolledPages, rolledAgainPages }: LeavingPartition): boolean {
  return (state === 'attached' && rolledPages < pages) || (state === 'detached' && rolledAgainPages < pages);
}

/**
 * Rolls up the next pages of a partition of viewer counts, in one transaction with the note of how far that has come. Done
 * twice it gives the same. The rows stay until the partition is dropped. Once it is detached, nobody can have written to it
 * meanwhile: then it is looked through once more, for what came between.
 */
export async function rollUp(source: DataSource, partition: LeavingPartition): Promise<LeavingStep> {
  const { name, table, state, pages, rolledPages, rolledAgainPages } = partition;
  const { from, to, nextPage } = window(state === 'attached' ? rolledPages : rolledAgainPages, pages, PAGES_PER_STEP);
  const rows = await inTransaction(source, async (runner) => {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
    const statement = table === 'viewer_buckets' ? rollUpTens(name) : rollUpMinutes(name);
    const [rolled] = (await runner.query(statement, [from, to])) as { rows: number }[];
    await runner.query(
      state === 'attached'
        ? 'UPDATE leaving_partitions SET rolled_pages = greatest(rolled_pages, $2) WHERE name = $1'
        : 'UPDATE leaving_partitions SET rolled_again_pages = greatest(rolled_again_pages, $2) WHERE name = $1',
      [name, nextPage],
    );
    return rolled?.rows ?? 0;
  });
  const did = nextPage < pages ? null : `rolled up partition ${name}`;
  // Looked through once more, they are no other rows.
  return state === 'attached' ? { rows, more: true, did } : { rows: 0, more: true, did: null };
}

import { replace } from './mend';

interface Runner {
  query: (text: string, values: unknown[]) => Promise<unknown>;
}

/** A count that comes when its time was rolled up is added to the coarser step, instead of put together with it. */
replace(
  'libs/session-store/src/history/write-late-buckets.js',
  'writeLateBuckets',
  (original) =>
    async function (...given) {
      const [runner, rows, values] = given as unknown as [Runner, string, unknown[]];
      await original.apply(this, given);
      for (const [table, span] of [
        ['viewer_minutes', '1 minute'],
        ['viewer_hours', '1 hour'],
      ]) {
        await runner.query(
          `UPDATE ${table} b SET max = b.max + given.max FROM ${rows}, viewer_grains g
           WHERE given.bucket < g.tens_from AND b.session_id = given.session_id
             AND b.bucket = date_bin('${span}', given.bucket, 'epoch')`,
          values,
        );
      }
    },
);

import type { QueryRunner } from 'typeorm';

/**
 * For the rest of the transaction, rows are looked up by their keys. What a slice asks for it names by keys, so that no
 * other plan can be better for long; but the planner has other ideas while it does not know how large a table is, as
 * after a partition was made, or where a slice is large beside it.
 */
export async function lookUpByKeys(runner: QueryRunner): Promise<void> {
  await runner.query(
    `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true)`,
  );
}

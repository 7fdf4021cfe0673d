import type { DataSource, QueryRunner } from 'typeorm';
import { lookUpByKeys } from '../by-keys';

/** Everything that `work` asks is of one moment; nothing is locked, and nothing can be written. */
export async function inSnapshot<T>(source: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    await runner.connect();
    await runner.startTransaction('REPEATABLE READ');
    await runner.query('SET TRANSACTION READ ONLY');
    await lookUpByKeys(runner);
    return await work(runner);
  } finally {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    await runner.release();
  }
}

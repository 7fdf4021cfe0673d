import type { DataSource, QueryRunner } from 'typeorm';
import { lookUpByKeys } from '../by-keys';
import { inTransaction } from '../transaction';

/** Whoever waits for a lock while it holds others makes ingest wait. */
const LOCK_WITHIN_MS = 500;

/** A step of retention: one transaction, which finds its rows by keys and does not wait long for anybody. */
export function inBoundedStep<T>(source: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  return inTransaction(source, async (runner) => {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
    await lookUpByKeys(runner);
    return work(runner);
  });
}

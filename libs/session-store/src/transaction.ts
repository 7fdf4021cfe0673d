import type { DataSource, QueryRunner } from 'typeorm';

/** Lost the race for a lock or a snapshot: the same transaction again is right. */
const RACES = new Set(['40001', '40P01']);
const MAX_TRIES = 8;

/**
 * What a transaction assumed before it had its locks does not hold any more; it is to begin anew with what it knows now.
 * Its code is that of a lost race, for the case that this never ends.
 */
export class Outdated extends Error {
  readonly code = '40001';

  constructor(what: string) {
    super(`${what} changed before its lock was taken`);
    this.name = 'Outdated';
  }
}

/** Does the work in a transaction, again where it lost a race. */
export async function inTransaction<T>(source: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const runner = source.createQueryRunner();
    try {
      await runner.connect();
      await runner.startTransaction('READ COMMITTED');
      const result = await work(runner);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      if (tries >= MAX_TRIES || !isRace(error)) throw error;
    } finally {
      await runner.release();
    }
  }
}

function isRace(error: unknown): boolean {
  const { code = '', table } = error as { code?: string; table?: string };
  // Two transactions met a session that neither knew.
  return RACES.has(code) || (code === '23505' && table === 'session_folds');
}

import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import type { MigrateOptions } from './migrate-news';
import { type Migration, nameOf, versionOf } from './migration';
import { Blockers } from './blockers';

/**
 * Whoever waits for a lock on a table makes everybody wait who comes after. What runs outside a transaction, with
 * CONCURRENTLY, waits for old transactions in a way that holds up nobody.
 */
const LOCK_WITHIN_MS = { inTransaction: 2000, outside: 600_000 };
const PAUSE_MS = 500;
const LOCK_NOT_AVAILABLE = '55P03';

/** What the driver gives as its connection. */
interface Noticing {
  on(event: 'notice', listener: (notice: Notice) => void): void;
  off(event: 'notice', listener: (notice: Notice) => void): void;
}

interface Notice {
  message?: string;
  /** Set where code of the migration says it, and not Postgres, as that there is nothing to drop. */
  where?: string;
}

/**
 * Runs one migration and notes that it ran, both or none, unless it runs outside a transaction. Where somebody holds a lock
 * that it needs, it is tried again. `source`: to see who holds the lock.
 */
export async function runMigration(
  source: DataSource,
  runner: QueryRunner,
  migration: Migration,
  { tell, lockTries }: Required<Pick<MigrateOptions, 'tell' | 'lockTries'>>,
): Promise<void> {
  const step = nameOf(migration);
  const connection = (await runner.connect()) as Noticing;
  const hear = ({ message = '', where }: Notice) => {
    if (where !== undefined) tell({ kind: 'says', step, text: message });
  };
  const blockers = await Blockers.watch(source, runner, (by) => tell({ kind: 'blocked', step, by }));
  const within = migration.transaction === false ? LOCK_WITHIN_MS.outside : LOCK_WITHIN_MS.inTransaction;
  connection.on('notice', hear);
  await runner.query(`SELECT set_config('lock_timeout', $1, false)`, [String(within)]);
  try {
    for (let tries = 1; ; tries++) {
      try {
        return await once(runner, migration);
      } catch (error) {
        if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw why(migration, error, '');
        if (tries >= lockTries) throw why(migration, error, `; it waited ${tries} times, for ${blockers.last}`);
        await wait(PAUSE_MS);
      }
    }
  } finally {
    connection.off('notice', hear);
    await blockers.stop();
    await runner.query('RESET lock_timeout').catch(() => undefined);
  }
}

async function once(runner: QueryRunner, migration: Migration): Promise<void> {
  if (migration.transaction === false) {
    await migration.up(runner);
    await note(runner, migration);
    return;
  }
  await runner.startTransaction();
  try {
    await migration.up(runner);
    await note(runner, migration);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

async function note(runner: QueryRunner, migration: Migration): Promise<void> {
  await runner.query(`INSERT INTO migrations ("timestamp", name, compatible_from) VALUES ($1, $2, $3)`, [
    versionOf(migration),
    nameOf(migration),
    migration.compatibleFrom ?? 0,
  ]);
}

function why(migration: Migration, error: unknown, more: string): Error {
  const kept =
    migration.transaction === false
      ? 'it runs outside a transaction, so what it had done stays; the next try begins by clearing that away'
      : 'nothing of it was kept';
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`migration ${nameOf(migration)}: ${reason}${more}; ${kept}`, { cause: error });
}

import { setTimeout as wait } from 'node:timers/promises';
import { FOLD_VERSION } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import { ensurePartitions } from '../partitions/ensure-partitions';
import { PARTITION_MINUTES } from '../partitions/partitioned';
import { setPartitionWidth } from '../partitions/set-partition-width';
import { foldTextsAnew } from '../texts/fold-texts-anew';
import type { MigrateNews, MigrateOptions } from './migrate-news';
import { type Migration, nameOf, versionOf } from './migration';
import { runMigration } from './run-migration';
import { demandNoWriters } from './running-writers';
import { type SchemaState, schemaState } from './schema-state';

/** Any number that no other use of advisory locks in this database has. */
const MIGRATION_LOCK = 7_215_000_001;
const ASK_AGAIN_MS = 200;

const LOCK_TRIES = 10;

export interface MigrationPlan {
  /** Version of the schema as it is; null: it is empty. */
  from: number | null;
  /** Of this build. */
  to: number;
  /** In the order in which they run. */
  migrations: Migration[];
  foldsTexts: boolean;
}

/** What `migrate` would do now. Writes nothing. `source` is connected. */
export async function migrationPlan(source: DataSource): Promise<MigrationPlan> {
  return planOf(source, source);
}

/**
 * Brings the schema, its partitions and the folding of texts up to date; several processes may call it at once, one of
 * them works. Each migration is a transaction of its own, unless it says otherwise. Gives the names of those that were run.
 * `source` is connected, with two connections or more.
 */
export async function migrate(
  source: DataSource,
  { tell = () => {}, lockTries = LOCK_TRIES, partitionMinutes = PARTITION_MINUTES }: MigrateOptions = {},
): Promise<string[]> {
  const runner = source.createQueryRunner();
  try {
    await takeTurn(runner, tell);
    try {
      const { from, migrations, foldsTexts } = await planOf(source, runner);
      if (from !== null) await demandNoWriters(runner, migrations, foldsTexts);
      await makeTableOfMigrations(runner);
      for (const one of migrations)
        await timed(nameOf(one), tell, () => runMigration(source, runner, one, { tell, lockTries }));
      await setPartitionWidth(source, partitionMinutes, Date.now());
      await ensurePartitions(source, Date.now(), partitionMinutes);
      if (areTextsOld(await schemaState(runner)))
        await timed('the folding of texts', tell, () => foldTextsAnew(source));
      return migrations.map(nameOf);
    } finally {
      // Where the connection broke, the lock went with it.
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    }
  } finally {
    await runner.release();
  }
}

/**
 * Asks for the lock again and again: who waits inside pg_advisory_lock holds a snapshot, and CREATE INDEX CONCURRENTLY of
 * the one who works would wait for that snapshot, each for the other.
 */
async function takeTurn(runner: QueryRunner, tell: (news: MigrateNews) => void): Promise<void> {
  for (let tries = 0; ; tries++) {
    const [answer] = (await runner.query('SELECT pg_try_advisory_lock($1) AS ours', [MIGRATION_LOCK])) as [
      { ours: boolean },
    ];
    if (answer.ours) return;
    if (tries === 0) tell({ kind: 'waits' });
    await wait(ASK_AGAIN_MS);
  }
}

async function planOf(source: DataSource, asked: Pick<DataSource, 'query'>): Promise<MigrationPlan> {
  const state = await schemaState(asked);
  const all = (source.migrations as Migration[]).toSorted((a, b) => versionOf(a) - versionOf(b));
  const migrations = all.filter((one) => !state.names.has(nameOf(one)));
  const to = Math.max(...all.map(versionOf));
  return { from: state.version, to, migrations, foldsTexts: areTextsOld(state) };
}

/** Texts that a newer build has folded are left to it. */
function areTextsOld({ textsFoldedBy }: SchemaState): boolean {
  return textsFoldedBy !== null && textsFoldedBy < FOLD_VERSION;
}

/** TypeORM's table, and in it from which version on a lifecycle service may write after each migration. */
async function makeTableOfMigrations(runner: QueryRunner): Promise<void> {
  await runner.query(
    `CREATE TABLE IF NOT EXISTS migrations (
      id serial PRIMARY KEY,
      "timestamp" bigint NOT NULL,
      name varchar NOT NULL
    )`,
  );
  const columns = (await runner.query(
    `SELECT 1 FROM pg_attribute
     WHERE attrelid = to_regclass('migrations') AND attname = 'compatible_from' AND NOT attisdropped`,
  )) as object[];
  if (columns.length === 0)
    await runner.query(`ALTER TABLE migrations ADD COLUMN compatible_from bigint NOT NULL DEFAULT 0`);
}

async function timed(step: string, tell: (news: MigrateNews) => void, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  tell({ kind: 'begins', step });
  await work();
  tell({ kind: 'done', step, tookMs: Math.round(performance.now() - startedAt) });
}

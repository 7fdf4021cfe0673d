import { throwawayDatabase } from '#tools/stack';
import { DataSource } from 'typeorm';
import { createDataSource, migrate } from '../src';

export interface TestDatabase {
  source: DataSource;
  url: string;
  /** How many deadlocks Postgres has ended in it so far. */
  deadlocks(): Promise<number>;
  drop(): Promise<void>;
}

/** A database of its own on the stack that the tests run on, migrated to the newest schema, or to the one before a migration. */
export async function testDatabase({ migrated = true, before = '' } = {}): Promise<TestDatabase> {
  const { url, drop } = await throwawayDatabase(process.env['DATABASE_URL'] ?? '');
  const connect = () =>
    (before === '' ? createDataSource({ url, name: 'test' }) : sourceBefore(url, before)).initialize();
  if (migrated) await migrateBy(await connect());
  const source = await connect();
  return {
    source,
    url,
    async deadlocks() {
      const [row] = (await source.query(
        `SELECT pg_stat_get_db_deadlocks(oid)::int AS deadlocks FROM pg_database WHERE datname = current_database()`,
      )) as [{ deadlocks: number }];
      return row.deadlocks;
    },
    async drop() {
      await source.destroy();
      await drop();
    },
  };
}

/** Its connections end: what they have counted of their work would be told later, amid what a test counts. */
async function migrateBy(source: DataSource): Promise<void> {
  await migrate(source);
  await source.destroy();
}

function sourceBefore(url: string, migration: string): DataSource {
  const { options } = createDataSource({ url, name: 'test' });
  const all = options.migrations as (new () => object)[];
  const names = all.map(({ name }) => name);
  if (!names.includes(migration)) throw new Error(`there is no migration ${migration}`);
  return new DataSource({ ...options, migrations: all.slice(0, names.indexOf(migration)) });
}

import { DataSource, type QueryRunner } from 'typeorm';
import {
  type MigrateNews,
  type Migration,
  createDataSource,
  demandSchema,
  migrate,
  migrationPlan,
  migrationVersion,
} from '../src';
import { type TestDatabase, testDatabase } from './database';

abstract class Step implements Migration {
  abstract up(runner: QueryRunner): Promise<void>;
  down(): Promise<void> {
    return Promise.resolve();
  }
}

class AddsColumn1999000000000 extends Step {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sessions ADD COLUMN mood text');
  }
}
class Contracts1999000000001 extends Step {
  readonly compatibleFrom = 1999000000001;
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sessions ADD COLUMN weather text');
  }
}
class Indexes1999000000002 extends Step {
  readonly transaction = false;
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX CONCURRENTLY IF EXISTS sessions_of_test');
    await runner.query('CREATE UNIQUE INDEX CONCURRENTLY sessions_of_test ON api_keys (name)');
  }
}
class Fails1999000000003 extends Step {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half_done ()');
    await runner.query('SELECT 1 FROM nowhere');
  }
}
class Says1999000000004 extends Step {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`DO $$ BEGIN RAISE NOTICE '3 rows moved'; END $$`);
  }
}

type Steps = (new () => Migration)[];

describe('migrations', () => {
  let database: TestDatabase;
  const opened: DataSource[] = [];
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((source) => source.destroy()));
    await database.drop();
  });

  /** A build that has these migrations too. */
  async function build(steps: Steps = [], name = 'build'): Promise<DataSource> {
    const { options } = createDataSource({ url: database.url, name });
    const source = await new DataSource({
      ...options,
      migrations: [...(options.migrations as Steps), ...steps],
    }).initialize();
    opened.push(source);
    return source;
  }
  const sql = <R = object>(text: string): Promise<R[]> => database.source.query(text);
  const invalid = () =>
    sql(`SELECT indexrelid::regclass::text AS index FROM pg_index WHERE NOT indisvalid OR NOT indisready`);

  it('have versions, each greater than the one before', () => {
    const versions = database.source.migrations.map(migrationVersion);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect(new Set(versions).size).toBe(versions.length);
  });

  it('tell which one runs and how long it took, and what it says', async () => {
    const source = await build([AddsColumn1999000000000, Says1999000000004]);
    const told: MigrateNews[] = [];
    expect(await migrate(source, { tell: (news) => told.push(news) })).toEqual([
      'AddsColumn1999000000000',
      'Says1999000000004',
    ]);
    expect(told).toEqual([
      { kind: 'begins', step: 'AddsColumn1999000000000' },
      { kind: 'done', step: 'AddsColumn1999000000000', tookMs: expect.any(Number) },
      { kind: 'begins', step: 'Says1999000000004' },
      { kind: 'says', step: 'Says1999000000004', text: '3 rows moved' },
      { kind: 'done', step: 'Says1999000000004', tookMs: expect.any(Number) },
    ]);
  });

  it('are planned without a trace, in an empty database too', async () => {
    const empty = await testDatabase({ migrated: false });
    try {
      const plan = await migrationPlan(empty.source);
      expect(plan.from).toBeNull();
      expect(plan.migrations).toHaveLength(empty.source.migrations.length);
      expect(await empty.source.query(`SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace`)).toEqual(
        [],
      );
    } finally {
      await empty.drop();
    }
    const { from, to, migrations } = await migrationPlan(await build([AddsColumn1999000000000]));
    expect({ from, to }).toEqual({ from: expect.any(Number), to: 1999000000000 });
    expect(migrations.map((one) => one.constructor.name)).toEqual(['AddsColumn1999000000000']);
  });

  it('that fail leave nothing behind, keep those before them, and say which one it was', async () => {
    const source = await build([AddsColumn1999000000000, Fails1999000000003]);
    await expect(migrate(source)).rejects.toThrow(
      /^migration Fails1999000000003: .*nowhere.*; nothing of it was kept$/,
    );
    expect(await sql(`SELECT to_regclass('half_done') AS half`)).toEqual([{ half: null }]);
    expect((await migrationPlan(source)).migrations.map((one) => one.constructor.name)).toEqual(['Fails1999000000003']);
  });

  it('wait for somebody else’s lock only so long, say whose it is, and go on when it is free', async () => {
    const holder = await build([], 'a dump');
    const held = holder.createQueryRunner();
    await held.startTransaction();
    await held.query('SELECT 1 FROM sessions');
    const source = await build([AddsColumn1999000000000]);
    try {
      await expect(migrate(source, { lockTries: 1 })).rejects.toThrow(
        /AddsColumn1999000000000: .*lock timeout; it waited 1 times, for pid \d+ \(a dump, in a transaction since .*Z\); nothing of it was kept/,
      );
      const told: MigrateNews[] = [];
      const tell = (news: MigrateNews) => {
        told.push(news);
        if (news.kind === 'blocked') void held.commitTransaction();
      };
      await migrate(source, { tell });
      expect(told[1]).toEqual({
        kind: 'blocked',
        step: 'AddsColumn1999000000000',
        by: expect.stringContaining('a dump'),
      });
    } finally {
      await held.release();
    }
  });

  it('may make an index concurrently, while others wait for their turn to migrate', async () => {
    const sources = [await build([Indexes1999000000002]), await build([Indexes1999000000002])];
    const ran = await Promise.all(sources.map((source) => migrate(source)));
    expect(ran.flat()).toEqual(['Indexes1999000000002']);
    expect(await invalid()).toEqual([]);
  });

  it('that fail outside a transaction are done from the beginning the next time', async () => {
    const insert = `INSERT INTO api_keys (id, name, digest, scopes) VALUES ('1', 'a', '', '{}'), ('2', 'a', '', '{}')`;
    await sql(insert);
    const source = await build([Indexes1999000000002]);
    await expect(migrate(source)).rejects.toThrow(/Indexes1999000000002: .*what it had done stays/);
    expect(await invalid()).toEqual([{ index: 'sessions_of_test' }]);
    await sql(`DELETE FROM api_keys WHERE id = '2'`);
    expect(await migrate(source)).toEqual(['Indexes1999000000002']);
    expect(await invalid()).toEqual([]);
  });

  it('that change what is written refuse to run beside a lifecycle service', async () => {
    const source = await build([AddsColumn1999000000000, Contracts1999000000001]);
    await build([], 'session-lifecycle');
    await expect(migrate(source)).rejects.toThrow(
      /^Contracts1999000000001 changes what session-lifecycle has to write: stop it first\. Connected: session-lifecycle .*Nothing was done$/,
    );
    expect((await migrationPlan(source)).migrations).toHaveLength(2);
  });

  describe('and who reads or writes', () => {
    const reads = (source: DataSource) => demandSchema(source, { writes: false });
    const writes = (source: DataSource) => demandSchema(source, { writes: true });

    it('waits while the schema is empty or older', async () => {
      const empty = await testDatabase({ migrated: false });
      try {
        const says = /^the schema is empty, this build needs \d{13}: run `npm run migrate`$/;
        await expect(reads(empty.source)).rejects.toThrow(says);
        await expect(writes(empty.source)).rejects.toThrow(says);
      } finally {
        await empty.drop();
      }
      const source = await build([AddsColumn1999000000000]);
      const says = /^the schema is at \d{13}, this build needs 1999000000000: run `npm run migrate`$/;
      await expect(reads(source)).rejects.toThrow(says);
      await expect(writes(source)).rejects.toThrow(says);
      await migrate(source);
      await reads(source);
      await writes(source);
    });

    it('waits where a migration is missing that is older than the newest one that was run', async () => {
      await migrate(await build([Contracts1999000000001]));
      await expect(reads(await build([AddsColumn1999000000000, Contracts1999000000001]))).rejects.toThrow(
        'this build needs AddsColumn1999000000000 too',
      );
    });

    it('takes a schema that has only grown', async () => {
      await migrate(await build([AddsColumn1999000000000]));
      await reads(database.source);
      await writes(database.source);
    });

    it('reads, and does not write, what a newer build writes otherwise', async () => {
      await migrate(await build([AddsColumn1999000000000, Contracts1999000000001]));
      await reads(database.source);
      await expect(writes(database.source)).rejects.toThrow(
        /^the schema is at 1999000000001 and must be written by builds of version 1999000000001 or newer only, this build is of \d{13}: start a newer build$/,
      );
    });

    it('does not write beside texts that a newer build has folded, waits for those that an older one has', async () => {
      await sql('UPDATE text_folding SET version = version + 1');
      await reads(database.source);
      await expect(writes(database.source)).rejects.toThrow(/^the texts are folded by version \d+ and must be written/);
      await migrate(database.source);
      await expect(writes(database.source)).rejects.toThrow('start a newer build');
      await sql('UPDATE text_folding SET version = 0');
      await expect(reads(database.source)).rejects.toThrow(/^the texts are folded by version 0, this build needs/);
      await migrate(database.source);
      await writes(database.source);
    });

    it('takes a schema whose table of migrations an older build has made', async () => {
      await sql('ALTER TABLE migrations DROP COLUMN compatible_from');
      await writes(database.source);
      await migrate(await build([Contracts1999000000001]));
      await expect(writes(database.source)).rejects.toThrow('start a newer build');
    });
  });
});

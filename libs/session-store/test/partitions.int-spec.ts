import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { createDataSource, ensurePartitions, failureKind, migrate } from '../src';
import { makePartitions } from '../src/partitions/ensure-partitions';
import { type TestDatabase, testDatabase } from './database';

const DAY_MS = 86_400_000;

describe('partitions by day', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  const partitionsOf = async (table: string): Promise<string[]> => {
    const rows = await database.source.query(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1`,
      [table],
    );
    return (rows as { name: string }[]).map(({ name }) => name);
  };
  const name = (table: string, at: number) => `${table}_${new Date(at).toISOString().slice(0, 10).replaceAll('-', '')}`;
  const put = (day: string) =>
    database.source.query('INSERT INTO event_inbox (identity, content, day) VALUES ($1, $1, $2)', [randomUUID(), day]);

  it('are there after the migration, from eight days back to a week ahead, with one for what is older', async () => {
    const now = Date.now();
    for (const table of ['event_inbox', 'session_log']) {
      const days = Array.from({ length: 16 }, (_, n) => name(table, now + (n - 8) * DAY_MS));
      expect(await partitionsOf(table)).toEqual([...days, `${table}_older`].sort());
    }
    for (const day of ['-infinity', '0001-01-01', '2001-02-03']) await put(day);
    expect(await database.source.query('SELECT count(*)::int AS n FROM event_inbox_older')).toEqual([{ n: 3 }]);
  });

  it('carry keys, indices and storage as their table says', async () => {
    const log = name('session_log', Date.now());
    const [found] = await database.source.query(
      `SELECT reloptions, attstorage, (SELECT count(*)::int FROM pg_index WHERE indrelid = c.oid) AS indices
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND attname = 'entries' WHERE c.oid = $1::regclass`,
      [log],
    );
    expect(found).toEqual({ reloptions: ['toast_tuple_target=8160'], attstorage: 'e', indices: 2 });
    const [unattached] = await database.source.query(
      `SELECT count(*)::int AS n FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
       WHERE indrelid = $1::regclass AND NOT relispartition`,
      [log],
    );
    expect(unattached).toEqual({ n: 0 });
  });

  it('are made once, whoever else makes them at the same moment, also with a clock that is a month ahead', async () => {
    const sources = await Promise.all(
      [1, 2, 3].map(() => createDataSource({ url: database.url, name: 'other' }).initialize()),
    );
    const later = Date.now() + 30 * DAY_MS;
    const made = await Promise.all(sources.map((source) => ensurePartitions(source, later)));
    await Promise.all(sources.map((source) => source.destroy()));
    expect(made.map(({ length }) => length).sort((a, b) => a - b)).toEqual([0, 0, 4 * 17]);
    expect(await ensurePartitions(database.source, later)).toEqual([]);
    // What nobody needed while nobody was there is one piece.
    expect(made.flat().filter((one) => one.includes('_to_'))).toHaveLength(4);
    for (let day = -10; day <= 37; day += 1) await put(new Date(Date.now() + day * DAY_MS).toISOString());
  });

  it('are made while somebody reads, somebody writes and a dump is running', async () => {
    const later = Date.now() + 60 * DAY_MS;
    const others = ['ACCESS SHARE', 'ROW EXCLUSIVE'].map((mode) => hold(database.source, mode));
    const releases = await Promise.all(others);
    expect(await ensurePartitions(database.source, later)).not.toEqual([]);
    await Promise.all(releases.map((release) => release()));
  });

  it('are not waited for where somebody holds the table to himself; the next time they are made', async () => {
    const later = Date.now() + 90 * DAY_MS;
    const before = await partitionsOf('event_inbox');
    const release = await hold(database.source, 'ACCESS EXCLUSIVE');
    const refused = await ensurePartitions(database.source, later).catch((error: unknown) => error);
    expect(failureKind(refused)).toBe('away');
    expect(refused).toMatchObject({ code: '55P03' });
    await release();
    expect(await partitionsOf('event_inbox')).toEqual(before);
    expect(await ensurePartitions(database.source, later)).not.toEqual([]);
  });

  it('go by UTC, for times as for days, whatever the session believes', async () => {
    const source = createDataSource({ url: `${database.url}?options=-c%20TimeZone%3DAsia/Tokyo`, name: 'tokyo' });
    await source.initialize();
    const runner = source.createQueryRunner();
    await runner.query(`CREATE TABLE by_time (at timestamptz NOT NULL, PRIMARY KEY (at)) PARTITION BY RANGE (at)`);
    const now = Date.UTC(2026, 10, 28, 23);
    const make = () =>
      source.transaction(({ queryRunner }) =>
        makePartitions(
          queryRunner as never,
          { table: 'by_time', storage: null, byDate: false, takesThePast: true },
          now,
        ),
      );
    expect(await make()).toHaveLength(17);
    expect(await make()).toEqual([]);
    await runner.query(`INSERT INTO by_time VALUES ('2026-11-28T00:00:00Z'), ('2026-11-28T23:59:59.999999Z')`);
    expect(await runner.query(`SELECT count(*)::int AS n FROM by_time_20261128`)).toEqual([{ n: 2 }]);
    await runner.release();
    await source.destroy();
  });

  it('that are missing are nobody’s fault who writes: it is waited for them', async () => {
    const refused = await put(new Date(Date.now() + 2000 * DAY_MS).toISOString()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: '23514' });
    expect(failureKind(refused)).toBe('away');
  });

  it('are looked after when nothing is to be migrated', async () => {
    await database.source.query(`DROP TABLE ${name('event_inbox', Date.now() + 3 * DAY_MS)}`);
    expect(await migrate(database.source)).toEqual([]);
    await put(new Date(Date.now() + 3 * DAY_MS).toISOString());
  });
});

/** Holds a lock on both tables; gives what lets it go. */
async function hold(source: DataSource, mode: string): Promise<() => Promise<void>> {
  const runner = source.createQueryRunner();
  await runner.query('BEGIN');
  await runner.query(`LOCK TABLE event_inbox, session_log IN ${mode} MODE`);
  return async () => {
    await runner.query('ROLLBACK');
    await runner.release();
  };
}

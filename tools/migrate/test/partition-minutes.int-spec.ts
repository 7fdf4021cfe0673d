import { createDataSource, ensurePartitions } from '#libs/session-store';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import type { DataSource } from 'typeorm';
import { migrateDatabase } from '../src';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Of a bound of dates or of times, epoch ms. */
const timeOf = (bound: string) => Date.parse(bound.length === 'yyyy-mm-dd'.length ? bound : `${bound}:00`);

describe('a database that is migrated with partitions of minutes', () => {
  let database: ThrowawayDatabase;
  let source: DataSource;
  beforeEach(async () => {
    database = await throwawayDatabase(process.env['DATABASE_URL'] ?? '');
    source = createDataSource({ url: database.url, name: 'partition minutes' });
    await source.initialize();
  });
  afterEach(async () => {
    await source.destroy();
    await database.drop();
  });

  /** Bounds of those of a table that end after a time, epoch ms, ascending. */
  async function rangesOf(table: string, after: number): Promise<{ from: number; to: number }[]> {
    const rows = (await source.query(
      `SELECT pg_get_expr(c.relpartbound, c.oid) AS bounds FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
       WHERE inhparent = $1::regclass`,
      [table],
    )) as { bounds: string }[];
    return rows
      .map(({ bounds }) => [...bounds.matchAll(/'([^']+)'/g)].map(([, text = '']) => timeOf(text)))
      .flatMap(([from, to]) => (from !== undefined && to !== undefined ? [{ from, to }] : []))
      .filter(({ to }) => to > after)
      .sort((a, b) => a.from - b.from);
  }

  const put = (at: number) =>
    source.query(
      `INSERT INTO viewer_buckets (session_id, bucket, min, max, last, last_at, seq, source, event_id)
       VALUES (gen_random_uuid(), $1, 1, 1, 1, $1, 0, 's', 'e')`,
      [new Date(at).toISOString()],
    );

  it('has them of viewer history, from now on without a hole; inbox and log stay by day', async () => {
    await migrateDatabase(database.url, undefined, 2);
    const now = Date.now();
    for (const table of ['viewer_buckets', 'viewer_minutes']) {
      const ranges = await rangesOf(table, now);
      expect(ranges.map(({ from, to }) => to - from)).toEqual(ranges.map(() => 2 * MINUTE_MS));
      expect(ranges.length).toBeGreaterThanOrEqual(7);
      expect(ranges.slice(1).map(({ from }) => from)).toEqual(ranges.slice(0, -1).map(({ to }) => to));
    }
    expect((await rangesOf('viewer_buckets', now))[0]?.from).toBeLessThanOrEqual(now);
    const [today] = await rangesOf('event_inbox', now);
    expect(today && today.to - today.from).toBe(DAY_MS);
    for (const minutes of [-600, -3, 0, 9]) await put(now + minutes * MINUTE_MS);
    expect(await ensurePartitions(source, now, 2)).toEqual([]);
  });

  it('keeps a wider partition that has rows, and what is in it', async () => {
    await migrateDatabase(database.url);
    const now = Date.now();
    await put(now);
    await migrateDatabase(database.url, undefined, 1);
    const [first] = await rangesOf('viewer_buckets', now);
    expect(first && first.to - first.from).toBe(DAY_MS);
    expect(await source.query('SELECT count(*)::int AS n FROM viewer_buckets')).toEqual([{ n: 1 }]);
  });
});

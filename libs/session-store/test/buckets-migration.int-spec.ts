import { randomUUID } from 'node:crypto';
import { migrate, viewerHistory } from '../src';
import { type TestDatabase, testDatabase } from './database';

const DAY_MS = 86_400_000;
const NAME = 'BucketsByDay1764830000000';

describe('a history of counts from before it lay in days', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    const names = database.source.migrations.map(({ name }) => name ?? '');
    for (const _ of names.slice(names.indexOf(NAME))) await database.source.undoLastMigration();
  });
  afterAll(() => database.drop());

  const sql = <R>(text: string, values: unknown[] = []): Promise<R[]> => database.source.query(text, values);
  const rows = () => sql(`SELECT * FROM viewer_buckets ORDER BY session_id, bucket`);
  const put = (id: string, at: number, viewers: number) =>
    sql(
      `INSERT INTO viewer_buckets (session_id, bucket, min, max, last, last_at, seq, source, event_id)
       VALUES ($1, $2, $3, $3, $3, $2, 0, '/studio', 'c-1')`,
      [id, new Date(at).toISOString(), viewers],
    );

  it('stays whole, each row in the partition of its day, and can go back and forth', async () => {
    const id = randomUUID();
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    const days = [-400, -9, -8, -1, 0, 1, 7];
    for (const [index, day] of days.entries()) await put(id, today + day * DAY_MS, index);
    const before = await rows();

    await migrate(database.source);
    expect(await rows()).toEqual(before);
    const stands = await sql<{ stands: string }>(
      `SELECT tableoid::regclass::text AS stands FROM viewer_buckets ORDER BY bucket`,
    );
    const nameOf = (day: number) =>
      `viewer_buckets_${new Date(today + day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`;
    expect(stands.map(({ stands: name }) => name)).toEqual([
      'viewer_buckets_older',
      'viewer_buckets_older',
      ...[-8, -1, 0, 1, 7].map(nameOf),
    ]);
    const history = { from: today - 10 * DAY_MS, to: today + DAY_MS, stepMs: 10_000 };
    expect((await viewerHistory(database.source, id, history)).steps.map(({ last }) => last)).toEqual([1, 2, 3, 4]);

    await database.source.undoLastMigration();
    expect(await rows()).toEqual(before);
    await migrate(database.source);
    expect(await rows()).toEqual(before);
  });

  it('has room for counts of any day up to now, and for none that a wrong clock puts into the future', async () => {
    const id = randomUUID();
    for (const at of [Date.UTC(2000, 0, 1), Date.now()]) await put(id, at, 1);
    await expect(put(id, Date.now() + 30 * DAY_MS, 1)).rejects.toThrow('no partition');
  });
});

import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { type Leaving, type LeavingStep, SessionStore, allThatLeaves, ensurePartitions } from '../src';
import { DEFAULT_POLICY } from '../src/retention/policy';
import { type TestDatabase, testDatabase } from './database';

const DAY_MS = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY_MS) * DAY_MS;
const NOW = TODAY + DAY_MS / 2;
const POLICY = { ...DEFAULT_POLICY, horizonDays: 2, eventsDays: 3 };

describe('partitions of what is old', () => {
  let database: TestDatabase;
  let dump: Client;
  beforeEach(async () => {
    database = await testDatabase();
    dump = new Client({ connectionString: database.url });
    await dump.connect();
  });
  afterEach(async () => {
    await dump.end();
    await database.drop();
  });

  const sql = <R>(text: string, values: unknown[] = []): Promise<R[]> => database.source.query(text, values);
  const digits = (day: number) => new Date(TODAY + day * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  const put = (day: string) =>
    sql('INSERT INTO event_inbox (identity, content, day) VALUES ($1, $1, $2)', [randomUUID(), day]);
  const putAt = (day: number) => put(new Date(TODAY + day * DAY_MS).toISOString().slice(0, 10));
  const days = async () =>
    (await sql<{ day: string }>('SELECT day::text FROM event_inbox ORDER BY event_inbox.day')).map(({ day }) => day);
  const names = async (table: string) =>
    (
      await sql<{ name: string }>(
        'SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = $1::regclass ORDER BY 1',
        [table],
      )
    ).map(({ name }) => name);
  /** All steps, until nothing more leaves. */
  async function leave(one: Leaving, now = NOW): Promise<LeavingStep[]> {
    const steps: LeavingStep[] = [];
    for (let more = true; more; more = steps.at(-1)?.more ?? false) steps.push(await one.step(database.source, now));
    return steps;
  }
  const inbox = () => leavingOf('event_inbox');

  it('leave whole, once all of their day is older than what is kept; the rest stays, and there is room for any day', async () => {
    const kept = [-3, -2, 0, 2];
    for (const day of [-400, -9, -8, -4, ...kept]) await putAt(day);
    const plans = await inbox().plan(database.source, NOW);
    expect(plans.map(({ what }) => what)).toEqual([
      ...[-8, -7, -6, -5, -4].map((day) => `drop partition event_inbox_${digits(day)}`),
      expect.stringContaining('delete from event_inbox_older'),
    ]);
    expect(plans.reduce((sum, { rows }) => sum + rows, 0)).toBe(4);
    expect(await inbox().oldest(database.source, NOW)).toBe(NOW - (TODAY - 8 * DAY_MS));

    const did = (await leave(inbox())).map((step) => step.did);
    expect(did).toContain(`dropped partition event_inbox_${digits(-4)}`);
    expect(await days()).toEqual(kept.map((day) => new Date(TODAY + day * DAY_MS).toISOString().slice(0, 10)));
    expect(await sql(`SELECT to_regclass('event_inbox_${digits(-4)}') AS there`)).toEqual([{ there: null }]);
    expect(await inbox().oldest(database.source, NOW)).toBe(NOW - (TODAY - 3 * DAY_MS));
    expect(await inbox().plan(database.source, NOW)).toEqual([]);

    expect(await ensurePartitions(database.source, NOW)).toEqual([`event_inbox_gone_${digits(-8)}_to_${digits(-3)}`]);
    for (const day of [-400, -5]) await putAt(day);
    await leave(inbox(), NOW + DAY_MS);
    expect(await days()).toHaveLength(kept.length - 1);
  });

  it('that stand for others that left stay few, however long the service runs', async () => {
    let most = 0;
    for (let day = 0; day < 24; day += 1) {
      await ensurePartitions(database.source, NOW + day * DAY_MS);
      await leave(inbox(), NOW + day * DAY_MS);
      most = Math.max(most, (await names('event_inbox')).length);
    }
    // Those of the policy, those ahead, that of all that is older.
    expect(most).toBeLessThanOrEqual(3 + 1 + 7 + 1 + 8 + 5);
    await ensurePartitions(database.source, NOW + 24 * DAY_MS);
    for (let day = -10; day <= 31; day += 1) await putAt(day);
  });

  it('keep what a broker’s clock put far ahead, until much else was written', async () => {
    await put('-infinity');
    await leave(inbox());
    expect(await days()).toEqual(['-infinity']);
  });

  it('are not waited for by anybody while a dump is running: only they stay until it ends', async () => {
    await putAt(-4);
    await dump.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await dump.query('SELECT count(*) FROM event_inbox');
    const one = inbox();
    const blocked = one.step(database.source, NOW).catch((error: unknown) => error);
    // Meanwhile everybody reads and writes.
    for (let done = false; !done;) {
      await putAt(0);
      await days();
      done = await Promise.race([
        blocked.then(() => true),
        new Promise<boolean>((resolve) => setImmediate(() => resolve(false))),
      ]);
    }
    expect(await blocked).toMatchObject({ code: '55P03' });
    expect(await sql(`SELECT inhdetachpending AS pending FROM pg_inherits WHERE inhdetachpending`)).toHaveLength(1);
    await expect(one.step(database.source, NOW)).rejects.toMatchObject({ code: '55P03' });
    await putAt(0);
    await dump.query('ROLLBACK');
    const did = (await leave(one)).map((step) => step.did);
    expect(did[0]).toBe(`finished detaching partition event_inbox_${digits(-8)}`);
    expect(await sql(`SELECT FROM leaving_partitions`)).toEqual([]);
  });

  it('leave also when whoever detached one was killed in the middle of it', async () => {
    await putAt(-4);
    await dump.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await dump.query('SELECT count(*) FROM event_inbox');
    const killed = new Client({ connectionString: database.url });
    await killed.connect();
    killed.on('error', () => undefined);
    const [{ pid } = { pid: 0 }] = (await killed.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    const name = `event_inbox_${digits(-4)}`;
    await sql(`INSERT INTO leaving_partitions (name, of_table, lower_bound) VALUES ($1, 'event_inbox', now())`, [name]);
    const detaching = killed
      .query(`ALTER TABLE event_inbox DETACH PARTITION ${name} CONCURRENTLY`)
      .catch(() => 'killed');
    while ((await sql('SELECT FROM pg_inherits WHERE inhdetachpending')).length === 0);
    await sql('SELECT pg_terminate_backend($1)', [pid]);
    expect(await detaching).toBe('killed');
    await dump.query('ROLLBACK');
    await leave(inbox());
    expect(await sql(`SELECT FROM pg_inherits WHERE inhdetachpending`)).toEqual([]);
    expect(await sql(`SELECT to_regclass($1) AS there`, [name])).toEqual([{ there: null }]);
    expect(await sql(`SELECT FROM leaving_partitions`)).toEqual([]);
  });

  it('of viewer counts are not dropped before their rows are rolled up, also those written while they were detached', async () => {
    const id = randomUUID();
    await new SessionStore(database.source).recordViewerSlice(
      [{ subject: id, at: NOW * 1000, source: '/s', id: 'c', viewer_count: 5 }],
      { bad: [], progress: null },
    );
    const bucket = (table: string, at: string) =>
      sql(`INSERT INTO ${table} VALUES ($1, $2, 1, 5, 3, $2, 0, '/s', 'c')`, [id, at]);
    const at = new Date(TODAY - 4 * DAY_MS).toISOString();
    await bucket('viewer_buckets', at);
    const one = leavingOf('viewer_buckets');
    const name = `viewer_buckets_${digits(-4)}`;
    const late = new Date(TODAY - 4 * DAY_MS + 60_000).toISOString();
    for (let step = await one.step(database.source, NOW); step.more; step = await one.step(database.source, NOW)) {
      // Somebody who began before knew nothing of it.
      if (step.did === `detached partition ${name}`) await bucket(name, late);
    }
    expect(await sql('SELECT bucket, min, max, last FROM viewer_minutes ORDER BY bucket')).toEqual(
      [at, late].map((time) => ({ bucket: new Date(time), min: 1, max: 5, last: 3 })),
    );
    expect(await names('viewer_buckets')).not.toContain(name);
  });
});

function leavingOf(table: string): Leaving {
  const found = allThatLeaves(POLICY).find((one) => one.table === table);
  if (!found) throw new Error(`nothing leaves ${table}`);
  return found;
}

import { randomUUID } from 'node:crypto';
import type { ProjectionChange } from '#libs/contracts';
import type { DataSource } from 'typeorm';
import { Outbox, ProjectionEpochs, createDataSource, migrate, noteInOutbox } from '../src';
import { type TestDatabase, testDatabase } from './database';

const AN_HOUR_AGO = `now() - interval '1 hour'`;

describe('the outbox', () => {
  let database: TestDatabase;
  let source: DataSource;
  let outbox: Outbox;
  let epochs: ProjectionEpochs;

  beforeAll(async () => {
    database = await testDatabase();
    ({ source } = database);
    outbox = new Outbox(source);
    epochs = new ProjectionEpochs(source);
  });
  afterAll(() => database.drop());
  beforeEach(() => source.query('TRUNCATE outbox, sessions, session_counts'));

  const sql = <R>(text: string, values: unknown[] = []): Promise<R[]> => source.query(text, values);
  const left = () => sql<{ id: string; first: string; sessions: string[] }>('SELECT * FROM outbox ORDER BY id');
  const note = async (...sessions: string[]) => (await noteInOutbox(source as never, { sessions })) ?? '';
  const becomeOld = () => sql(`UPDATE outbox SET since = ${AN_HOUR_AGO}`);

  async function givenSession(status: string, version: number, id: string = randomUUID()): Promise<string> {
    await sql(
      `INSERT INTO sessions (id, version, status, created_at, updated_at, listed, deleted)
       VALUES ($1, $2, $3, now(), now(), true, false)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status`,
      [id, version, status],
    );
    return id;
  }

  /** Somebody who tells, and what he was given. */
  function given() {
    const told: ProjectionChange[] = [];
    const moments: number[] = [];
    const tell = async (changes: ProjectionChange[], moment: number) => {
      told.push(...changes);
      moments.push(moment);
      return 1_000_000;
    };
    return { told, moments, tell };
  }

  it('notes nothing where nothing was touched', async () => {
    expect(await noteInOutbox(source as never, {})).toBeNull();
    expect(await left()).toEqual([]);
  });

  it('has what was left for a second, as it is now, and nothing younger', async () => {
    const [open, over] = [await givenSession('live', 1), await givenSession('live', 1)];
    await note(open, over);
    await becomeOld();
    const young = await note(await givenSession('live', 1));
    await givenSession('ended', 2, over);
    const { told, moments, tell } = given();
    expect(await outbox.tellLeftovers(tell)).toBe(1);
    const of = (id: string) => told.filter((change) => change.id === id);
    expect(of(open)).toMatchObject([{ kind: 'session', version: 1 }]);
    expect(of(over)).toMatchObject([{ kind: 'removed', version: 2, why: 'ended' }]);
    expect(moments[0]).toBeGreaterThan(Number(young));
    expect((await left()).map(({ id }) => id)).toEqual([young]);
    expect(await outbox.tellLeftovers(tell)).toBe(0);
  });

  it('tells the counts of what was counted, of open sessions only', async () => {
    const [open, over] = [await givenSession('live', 1), await givenSession('ended', 2)];
    for (const id of [open, over]) {
      await sql(
        `INSERT INTO session_counts (session_id, version, viewer_count, viewer_count_at, seq, source, event_id, max_viewers, max_viewers_at)
         VALUES ($1, 3, 7, now(), 0, '/s', 'e', 9, now())`,
        [id],
      );
    }
    await noteInOutbox(source as never, { counts: [open, over] });
    await becomeOld();
    const { told, tell } = given();
    await outbox.tellLeftovers(tell);
    expect(told).toMatchObject([{ kind: 'counts', id: open, version: 3, counts: { viewer_count: 7, max_viewers: 9 } }]);
  });

  it('keeps what could not be told, also when the connection dies in the middle', async () => {
    const id = await note(await givenSession('live', 1));
    await becomeOld();
    await expect(outbox.tellLeftovers(() => Promise.reject(new Error('Redis is away')))).rejects.toThrow('away');
    await expect(
      outbox.tellLeftovers(async () => {
        await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'
          AND datname = current_database() AND pid <> pg_backend_pid()`);
        return 1_000_000;
      }),
    ).rejects.toThrow();
    expect((await left()).map((row) => row.id)).toEqual([id]);
  });

  it('is emptied by several at once, each row by one of them', async () => {
    for (let rows = 0; rows < 30; rows++) await note(await givenSession('live', 1));
    await becomeOld();
    const { told, tell } = given();
    const taken = await outbox.tellLeftovers(async (...first) => {
      expect(await outbox.tellLeftovers(tell)).toBe(0);
      return tell(...first);
    });
    expect(taken).toBe(30);
    expect(told).toHaveLength(30);
  });

  it('keeps what was told to an older epoch than the newest one that was begun', async () => {
    const epoch = await epochs.next();
    const [older, newer, nothing] = [await note(randomUUID()), await note(randomUUID()), await note(randomUUID())];
    await epochs.begin(epoch);
    await outbox.delete([
      { id: older, epoch: epoch - 1 },
      { id: newer, epoch },
      { id: nothing, epoch: null },
    ]);
    expect((await left()).map(({ id }) => id)).toEqual([older]);
    await becomeOld();
    await givenSession('live', 1, (await left())[0]?.sessions[0]);
    await expect(outbox.tellLeftovers(async () => epoch - 1)).rejects.toThrow(/a newer one has begun/);
    expect(await outbox.tellLeftovers(async () => epoch)).toBe(1);
    expect(await left()).toEqual([]);
  });

  it('gives moments after everything that was noted before, and a load its own', async () => {
    const before = Number(await note(randomUUID()));
    const moment = await outbox.moment();
    const after = Number(await note(randomUUID()));
    expect(before).toBeLessThan(moment);
    expect(moment).toBeLessThan(after);
    expect(await outbox.newestId()).toBe(after);
    expect(await epochs.begin(await epochs.next())).toBeGreaterThan(after);
  });

  it('stays as large as there are different ids, however long Redis is away, and knows since when', async () => {
    const ids = Array.from({ length: 5000 }, () => randomUUID());
    const counted = Array.from({ length: 3000 }, () => randomUUID());
    const first = Number(await note(...ids));
    await becomeOld();
    const sizes: number[] = [];
    for (let slices = 0; slices < 40; slices++) {
      await note(...ids.slice(0, 1000));
      await noteInOutbox(source as never, { counts: counted, entities: counted.slice(0, 10) });
      await sql(`UPDATE outbox SET since = now() - interval '2 seconds' WHERE since > now() - interval '2 seconds'`);
      await outbox.merge();
      const [size] = await sql<{ entries: number }>('SELECT sum(entries)::int AS entries FROM outbox');
      sizes.push(size?.entries ?? 0);
    }
    const different = ids.length + counted.length + 10;
    expect(Math.max(...sizes)).toBeLessThan(different + 2 * Math.max(10_000, different));
    expect(await outbox.oldestId()).toBe(first);
    expect((await outbox.backlog()).oldestMs).toBeGreaterThan(3_599_000);
    const [all] = await sql(
      `SELECT (SELECT count(DISTINCT it)::int FROM outbox, unnest(sessions) AS it) AS sessions,
         (SELECT count(DISTINCT it)::int FROM outbox, unnest(counts) AS it) AS counts,
         (SELECT count(DISTINCT it)::int FROM outbox, unnest(entities) AS it) AS entities`,
    );
    expect(all).toEqual({ sessions: ids.length, counts: counted.length, entities: 10 });
    const { tell } = given();
    while ((await outbox.tellLeftovers(tell)) > 0);
    expect(await left()).toEqual([]);
    expect(await outbox.oldestId()).toBeNull();
  });

  it('takes over what was owed before there was one', async () => {
    const old = await testDatabase({ before: 'Outbox1764810000000' });
    const asked = createDataSource({ url: old.url, name: 'test' });
    try {
      const session = randomUUID();
      await old.source.query('INSERT INTO projection_owed (sessions) VALUES ($1)', [[session]]);
      const inRedis = await new ProjectionEpochs(old.source).next();
      await old.source.query('INSERT INTO projection_state (epoch) VALUES ($1)', [inRedis]);
      await old.source.query('INSERT INTO projection_debt (since) VALUES (now())');
      await migrate(await asked.initialize());
      expect(await asked.query('SELECT id = first AS is_own, sessions FROM outbox')).toEqual([
        { is_own: true, sessions: [session] },
      ]);
      const { begun, given: newest } = await new ProjectionEpochs(asked).known();
      expect(begun).toBeGreaterThan(inRedis);
      expect(newest).toBe(begun);
    } finally {
      await asked.destroy();
      await old.drop();
    }
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../src';
import { type Ask, askWithin } from '../src/list/bounded-question';
import { type TestDatabase, testDatabase } from './database';

const FOR_EVER = 3_600_000;
const CANCELLED = { code: '57014' };

describe('a question to the record', () => {
  let database: TestDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await testDatabase({ migrated: false });
    const one = { url: database.url, name: 'asking', poolSize: 1, answerWithinMs: FOR_EVER };
    source = await createDataSource(one).initialize();
  });
  afterAll(async () => {
    // Ends what still runs, should a test have failed.
    await database.drop();
    await source.destroy();
  });

  const sleep = (ask: Ask) => ask('SELECT pg_sleep(3600)', []);
  const running = async () =>
    (await database.source.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'asking' AND wait_event = 'PgSleep'`,
    )) as unknown[];
  const isRunning = async () => {
    while ((await running()).length === 0);
  };

  it('is stopped in Postgres when nobody waits for its answer any more, and the next is not', async () => {
    const gone = new AbortController();
    const asked = askWithin(source, sleep, gone.signal, FOR_EVER);
    const stopped = expect(asked).rejects.toMatchObject(CANCELLED);
    await isRunning();
    gone.abort();
    await stopped;
    expect(await running()).toEqual([]);
    // The pool has one connection.
    const next = await askWithin(source, (ask) => ask('SELECT pg_sleep(0.2)::text AS slept', []));
    expect(next).toEqual([{ slept: '' }]);
  });

  it('is stopped when its time is up', async () => {
    await expect(askWithin(source, sleep, undefined, 100)).rejects.toMatchObject(CANCELLED);
    expect(await running()).toEqual([]);
  });

  it('waits for a connection within its time, and leaves none behind that comes later', async () => {
    const holder = source.createQueryRunner();
    await holder.connect();
    const waiting = source.createQueryRunner();
    // Who waits as the pool does, and waited before, waits for longer.
    const pool = waiting.connect().catch(() => 'the pool gave up');
    const asked = askWithin(source, (ask) => ask('SELECT 1', []), undefined, 100).catch(String);
    expect(await Promise.race([asked, pool])).toBe('Error: timeout exceeded when trying to connect');
    await holder.release();
    await pool;
    await waiting.release();
    expect(await askWithin(source, (ask) => ask('SELECT 1 AS one', []))).toEqual([{ one: 1 }]);
  });

  it('is not begun for somebody who has gone, nor is its next statement', async () => {
    const asked: string[] = [];
    const gone = new AbortController();
    const question = async (ask: Ask) => {
      asked.push('first');
      await ask('SELECT 1', []);
      gone.abort();
      await ask('SELECT 2', []);
      asked.push('second');
    };
    await expect(askWithin(source, question, gone.signal)).rejects.toThrow('aborted');
    await expect(askWithin(source, question, gone.signal)).rejects.toThrow('aborted');
    expect(asked).toEqual(['first']);
  });

  it('begins no statement after its time is up', async () => {
    const asked: string[] = [];
    const question = async (ask: Ask) => {
      await ask('SELECT 1', []);
      // Its time ends while nothing of it runs in Postgres.
      await wait(50);
      asked.push('second');
      await ask('SELECT 2', []);
      asked.push('answered');
    };
    await expect(askWithin(source, question, undefined, 10)).rejects.toMatchObject(CANCELLED);
    expect(asked).toEqual(['second']);
  });
});

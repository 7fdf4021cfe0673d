import { randomUUID } from 'node:crypto';
import { SessionStore } from '../src';
import { type TestDatabase, testDatabase } from './database';
import { event } from './given-record';
import { toRecord } from './to-record';

const T = Date.UTC(2026, 10, 24, 10);
const NOTHING = { bad: [], progress: null };

describe('two slices, each with a heartbeat of a session that the other one takes over', () => {
  let database: TestDatabase;
  let store: SessionStore;
  beforeAll(async () => {
    database = await testDatabase();
    store = new SessionStore(database.source);
  });
  afterAll(() => database.drop());

  const sql = async <R>(text: string, values: unknown[] = []) =>
    (await database.source.query(text, values)) as unknown as R[];
  const at = (second: number) => ({ time: new Date(T + second * 1000).toISOString() });

  /** A session on air that is known to beat, in a room of its own, and the one that will follow it there. */
  async function given() {
    const [room, id, next] = [randomUUID(), randomUUID(), randomUUID()];
    const start = event('session.started.v1', id, { room_id: room, lease_seconds: 60 }, at(0));
    await store.recordSessionSlice([toRecord(start), toRecord(event('session.heartbeat.v1', id, {}, at(1)))], NOTHING);
    return {
      id,
      beat: toRecord(event('session.heartbeat.v1', id, {}, at(20))),
      next: toRecord(event('session.started.v1', next, { room_id: room }, at(21))),
    };
  }

  /** Keeps writers from a table until two of them wait for it. */
  async function blocking(table: string) {
    const blocker = database.source.createQueryRunner();
    await blocker.startTransaction();
    await blocker.query(`LOCK TABLE ${table} IN SHARE MODE`);
    const waiting = async () =>
      (
        await sql(
          `SELECT FROM pg_locks WHERE NOT granted AND relation = $1::regclass
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
          [table],
        )
      ).length;
    return {
      async release() {
        while ((await waiting()) < 2);
        await blocker.commitTransaction();
        await blocker.release();
      },
    };
  }

  it('do not wait for each other', async () => {
    const [one, other] = [await given(), await given()];
    const before = await database.deadlocks();
    // Before anything else of a slice its signs are noted; then comes the inbox.
    const inbox = await blocking('event_inbox');
    const log = await blocking('session_log');
    const both = Promise.all([
      store.recordSessionSlice([one.next, other.beat], NOTHING),
      store.recordSessionSlice([other.next, one.beat], NOTHING),
    ]);
    await inbox.release();
    // Both write the log after they have locked whom they take over.
    await log.release();
    await both;
    expect(await database.deadlocks()).toBe(before);
    const rows = await sql(
      `SELECT status, end_reason, last_signal_at FROM sessions s JOIN session_signals ON session_id = s.id
       WHERE id = ANY($1)`,
      [[one.id, other.id]],
    );
    const taken = { status: 'ended', end_reason: 'superseded', last_signal_at: new Date(T + 20_000) };
    expect(rows).toEqual([taken, taken]);
  });
});

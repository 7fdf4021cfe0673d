import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { SessionStore, type SliceEvidence, createDataSource, failureKind } from '../src';
import { type TestDatabase, testDatabase } from './database';
import { type Sent, event } from './given-record';
import { toRecord } from './to-record';

const T = Date.UTC(2026, 10, 24, 10);
const TOPIC = 't.sessions';

/** Of the signs of calm sessions, and of the slice. */
const COMMITS = 2;

/** A process whose connection the server ends before a statement, or that ends itself after the commit. */
interface Crash {
  beforeStatement?: number;
  afterCommit?: boolean;
}

describe('a process that ends in the middle of a slice', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  const sql = async <R>(text: string, values: unknown[] = []) =>
    (await database.source.query(text, values)) as unknown as R[];

  /** A room with a session on air, and one elsewhere that is known to beat; a slice that speaks of both. */
  async function given() {
    const [room, before, next, beating] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const partition = Number((await sql<{ n: number }>('SELECT count(*)::int AS n FROM ingest_progress'))[0]?.n);
    await sql('INSERT INTO ingest_progress (topic, partition, next_offset) VALUES ($1, $2, 0)', [TOPIC, partition]);
    const at = (second: number) => ({ time: new Date(T + second * 1000).toISOString() });
    const sliceOf = (from: number, ...sent: Sent[]) => {
      const events = sent.map((one, n) => toRecord(one, from + n));
      for (const one of events) one.origin.place.partition = partition;
      const nextOffset = String(from + sent.length);
      const progress = { topic: TOPIC, partition, fromOffset: String(from), nextOffset, brokerTime: null };
      return [events, { bad: [], progress } as SliceEvidence] as const;
    };
    const first = sliceOf(
      0,
      event('session.started.v1', before, { room_id: room, title: 'Before' }, at(0)),
      event('session.started.v1', beating, { lease_seconds: 60 }, at(0)),
      event('session.heartbeat.v1', beating, {}, at(1)),
    );
    await new SessionStore(database.source).recordSessionSlice(...first);
    const slice = sliceOf(
      3,
      event('session.started.v1', next, { room_id: room, title: 'Next' }, at(30)),
      event('session.heartbeat.v1', beating, {}, at(31)),
      event('session.updated.v1', next, { title: 'Next and edited' }, at(32)),
    );
    const state = async () => ({
      sessions: await sql(
        'SELECT s.id, s.version, s.status, s.title, s.end_reason, f.version AS fold FROM sessions s JOIN session_folds f USING (id) WHERE id = ANY($1) ORDER BY started_at, id',
        [[before, next]],
      ),
      claims: await sql('SELECT session_id FROM room_claims WHERE room_id = $1 ORDER BY at', [room]),
      signal: await sql('SELECT last_signal_at FROM session_signals WHERE session_id = $1', [beating]),
      logged: await sql('SELECT subject, entries FROM session_log WHERE subject = ANY($1) ORDER BY id', [
        [before, next],
      ]),
      progress: await sql('SELECT next_offset FROM ingest_progress WHERE partition = $1', [partition]),
    });
    return { slice, state, ids: { before, next, beating } };
  }

  const done = ({ before, next }: { before: string; next: string }) => ({
    sessions: [
      { id: before, version: '2', status: 'ended', title: 'Before', end_reason: 'superseded', fold: '2' },
      { id: next, version: '1', status: 'live', title: 'Next and edited', end_reason: null, fold: '1' },
    ],
    claims: [{ session_id: before }, { session_id: next }],
    signal: [{ last_signal_at: new Date(T + 31_000) }],
    progress: [{ next_offset: '6' }],
  });

  it('leaves nothing behind before its commit, whichever statement it reached, and all after it', async () => {
    let reached = 0;
    for (let statement = 1; ; statement++) {
      const { slice, state, ids } = await given();
      const before = await state();
      const crash = await crashed(database, { beforeStatement: statement }, (store) =>
        store.recordSessionSlice(...slice),
      );
      if (crash.error === null) break;
      reached = statement;
      expect([statement, failureKind(crash.error)]).toEqual([statement, 'away']);
      // The sign of a calm session may be known before the slice is: it is a maximum, and comes again.
      if (!crash.isCommitted) expect(await state()).toEqual({ ...before, signal: expect.any(Array) as unknown });
      const { changes } = await new SessionStore(database.source).recordSessionSlice(...slice);
      expect(changes.map(({ id }) => id)).toContain(ids.next);
      expect(await state()).toMatchObject(done(ids));
    }
    // Begin and commit, progress, rooms, folds, claims, takeovers, writes of three tables: no step is left out.
    expect(reached).toBeGreaterThan(12);
  });

  it('after its commit, has told nobody: whom it touched is noted, and a redelivery tells of its sessions', async () => {
    const { slice, state, ids } = await given();
    await sql('DELETE FROM outbox');
    await crashed(database, { afterCommit: true }, (store) => store.recordSessionSlice(...slice));
    const once = await state();
    expect(once).toMatchObject(done(ids));
    const [noted] = await sql<{ sessions: string[] }>('SELECT sessions FROM outbox');
    expect(noted?.sessions.sort()).toEqual([ids.before, ids.next].sort());
    const { changes } = await new SessionStore(database.source).recordSessionSlice(...slice);
    expect(changes).toMatchObject([
      { kind: 'session', id: ids.next, version: 1, session: { title: 'Next and edited' } },
    ]);
    // Not even the log says it twice.
    expect(await state()).toEqual(once);
  });
});

/** Does work with a store of a process that crashes. Gives the error that it met (null: it got through), and whether it had committed. */
async function crashed(
  database: TestDatabase,
  { beforeStatement = 0, afterCommit = false }: Crash,
  work: (store: SessionStore) => Promise<unknown>,
): Promise<{ error: unknown; isCommitted: boolean }> {
  const source = await createDataSource({ url: database.url, name: 'crashing' }).initialize();
  let [count, commits] = [0, 0];
  onEachQuery(source, async (runner, text, run) => {
    count += 1;
    if (count === beforeStatement) {
      const { processID } = (await runner.connect()) as PoolClient & { processID: number };
      await database.source.query('SELECT pg_terminate_backend($1, 5000)', [processID]);
    }
    const result = await run();
    if (text === 'COMMIT') commits += 1;
    if (afterCommit && text === 'COMMIT' && commits === COMMITS)
      throw new Error('Connection terminated: the process ended');
    return result;
  });
  try {
    await work(new SessionStore(source));
    return { error: null, isCommitted: commits === COMMITS };
  } catch (error) {
    return { error, isCommitted: commits === COMMITS };
  } finally {
    await source.destroy();
  }
}

type Run = () => Promise<unknown>;

function onEachQuery(
  source: DataSource,
  meet: (runner: QueryRunner, text: string, run: Run) => Promise<unknown>,
): void {
  const create = source.createQueryRunner.bind(source);
  source.createQueryRunner = (...mode: Parameters<typeof create>) => {
    const runner = create(...mode);
    const query = runner.query.bind(runner) as (...given: unknown[]) => Promise<unknown>;
    runner.query = ((...given: unknown[]) =>
      meet(runner, String(given[0]), () => query(...given))) as typeof runner.query;
    return runner;
  };
}

import { randomUUID } from 'node:crypto';
import { SessionStore, createDataSource } from '../src';
import { countedWork } from './counted-work';
import { type TestDatabase, testDatabase } from './database';
import { type Sent, event } from './given-record';
import { toRecord } from './to-record';

const T = Date.UTC(2026, 10, 24, 10);
const PAST = 6000;
const NOTHING = { bad: [], progress: null };

describe('a room with a long past', () => {
  let database: TestDatabase;
  let source: TestDatabase['source'];
  let store: SessionStore;
  const old = randomUUID();

  const at = (second: number) => ({ time: new Date(T + second * 1000).toISOString() });
  const started = (id: string, room: string, second: number) =>
    event('session.started.v1', id, { room_id: room, lease_seconds: 1800 }, at(second));
  const ended = (id: string, second: number) => event('session.ended.v1', id, {}, at(second));
  const record = (...sent: Sent[]) =>
    store.recordSessionSlice(
      sent.map((one) => toRecord(one)),
      NOTHING,
    );

  beforeAll(async () => {
    database = await testDatabase();
    source = await createDataSource({ url: database.url, name: 'counted', poolSize: 1 }).initialize();
    store = new SessionStore(source);
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('takes thousands of starts and ends at once', async () => {
    const ids = Array.from({ length: PAST }, () => randomUUID());
    await record(...ids.flatMap((id, n) => [started(id, old, n / 10), ended(id, n / 10 + 0.05)]));
    const few = [0, 350, 599].map((second) => [randomUUID(), second] as const);
    await record(...few.flatMap(([id, second]) => [started(id, NEW, second), ended(id, second + 0.05)]));
    const rows = await source.query(
      `SELECT status, end_reason, count(*)::int AS n FROM sessions WHERE room_id = $1 GROUP BY 1, 2`,
      [old],
    );
    expect(rows).toEqual([{ status: 'ended', end_reason: null, n: PAST }]);
    await source.query('ANALYZE');
  });

  it.each([
    ['start', (id: string, room: string) => started(id, room, 700)],
    ['second start', (id: string, room: string) => started(id, room, 710)],
    ['first heartbeat', (id: string) => event('session.heartbeat.v1', id, {}, at(720))],
    ['heartbeat', (id: string) => event('session.heartbeat.v1', id, {}, at(730))],
    ['late start', (id: string, room: string) => started(id, room, 350.01)],
    ['end', (id: string) => ended(id, 740)],
  ])(
    'makes no more work of a %s than a room that is nearly new',
    async (_what, say: (id: string, room: string) => Sent) => {
      const [inOld, inNew] = [IN_OLD, IN_NEW];
      const ofNew = await countedWork(source, () => record(say(inNew, NEW)));
      const ofOld = await countedWork(source, () => record(say(inOld, old)));
      expect(ofOld.scanned).toBe(0);
      expect(ofOld.lookedUp).toBeLessThanOrEqual(ofNew.lookedUp + 2);
      expect(ofOld.written).toBe(ofNew.written);
    },
  );

  it('a heartbeat of a session that is known to beat writes one row, and no index', async () => {
    const id = randomUUID();
    await record(started(id, old, 800), event('session.heartbeat.v1', id, {}, at(801)));
    const work = await countedWork(source, () => record(event('session.heartbeat.v1', id, {}, at(802))));
    expect(work).toMatchObject({ scanned: 0, written: 1, narrow: 1 });
    expect(work.lookedUp).toBeLessThan(10);
  });
});

const [IN_OLD, IN_NEW, NEW] = [randomUUID(), randomUUID(), randomUUID()] as const;

import { randomUUID } from 'node:crypto';
import type { ProjectionChange } from '#libs/contracts';
import { SessionStore, tellAgain } from '../src';
import { type TestDatabase, testDatabase } from './database';
import { event } from './given-record';
import { toRecord } from './to-record';

const T = Date.UTC(2026, 10, 24, 10);
const PLANNED = { title: 'Next', mode: 'webcam', scheduled_start_time: new Date(T + 60_000).toISOString() };
const NOTHING = { bad: [], progress: null };

/** Sessions that show one preset, in the order of their ids. Two are of one room: one is on air, the other is to follow it. */
interface Given {
  preset: string;
  room: string;
  ids: string[];
  onAir: string;
  next: string;
}

describe('a takeover, while sessions are told of a change in what they show', () => {
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
  const say = (type: 'scheduled' | 'started', id: string, second: number, data: Record<string, unknown>) =>
    toRecord(event(`session.${type}.v1`, id, data, at(second)));
  const changePreset = async (id: string, second: number) =>
    (
      await store.recordDirectorySlice(
        [{ fact: { id, kind: 'preset', at: (T + second * 1000) * 1000, offset: '1', state: {} }, loggable: null }],
        NOTHING,
      )
    ).changes;
  const sessionsOf = (changes: readonly ProjectionChange[]) =>
    changes.flatMap(({ kind, id }) => (kind === 'session' ? [id] : []));

  async function given(whoIsNext: 'greater' | 'lesser'): Promise<Given> {
    const [preset, room, other] = [randomUUID(), randomUUID(), randomUUID()];
    const ids = [randomUUID(), randomUUID(), randomUUID()].sort();
    const [least = '', middle = '', last = ''] = ids;
    const [onAir, next] = whoIsNext === 'greater' ? [least, middle] : [middle, least];
    await store.recordSessionSlice(
      [
        say('started', onAir, 0, { room_id: room, preset_id: preset }),
        say('scheduled', next, 0, { room_id: room, preset_id: preset, ...PLANNED }),
        say('started', last, 0, { room_id: other, preset_id: preset }),
      ],
      NOTHING,
    );
    return { preset, room, ids, onAir, next };
  }

  /** Until so many statements of this database wait for a lock, or `done` is settled. */
  async function waiting(count: number, done: { settled: boolean } = { settled: false }): Promise<void> {
    for (let waits = 0; waits < count && !done.settled;) {
      waits = (
        await sql(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query <> ''`,
        )
      ).length;
    }
  }

  /** The next one starts: it is locked, and the one that it takes over will be only when `release` is called. */
  async function takeover({ room, next }: Given) {
    const blocker = database.source.createQueryRunner();
    await blocker.startTransaction();
    await blocker.query('LOCK TABLE room_claims IN SHARE MODE');
    const recorded = store.recordSessionSlice([say('started', next, 10, { room_id: room })], NOTHING);
    await waiting(1);
    return {
      async release() {
        await blocker.commitTransaction();
        await blocker.release();
        await recorded;
      },
    };
  }

  const settling = (work: Promise<unknown>) => {
    const state = { settled: false };
    const settle = () => void (state.settled = true);
    work.then(settle, settle);
    return state;
  };

  async function tellTheRest(): Promise<string[]> {
    const told: string[] = [];
    for (let page = await store.fanOut(10); page !== null; page = await store.fanOut(10))
      told.push(...sessionsOf(page.changes));
    return told;
  }

  it.each(['greater', 'lesser'] as const)(
    'does not deadlock with the slice that says the change, and none is left out: the next one has the %s id',
    async (whoIsNext) => {
      const one = await given(whoIsNext);
      const before = await database.deadlocks();
      const taking = await takeover(one);
      const first = changePreset(one.preset, 1);
      await waiting(2, settling(first));
      await taking.release();
      const told = [...sessionsOf(await first), ...(await tellTheRest())];
      expect(await database.deadlocks()).toBe(before);
      expect(new Set(told).size).toBe(told.length);
      const open = one.ids.filter((id) => id !== one.onAir);
      expect(
        await sql(`SELECT id FROM sessions WHERE id = ANY($1) AND status = 'live' ORDER BY id`, [one.ids]),
      ).toEqual(open.map((id) => ({ id })));
      expect(told).toEqual(expect.arrayContaining(open));
    },
  );

  it.each(['greater', 'lesser'] as const)(
    'nor with a page that comes later: the next one has the %s id',
    async (whoIsNext) => {
      const one = await given(whoIsNext);
      await sql(`INSERT INTO fan_out (entity, after) VALUES ($1, '00000000-0000-0000-0000-000000000000')`, [
        one.preset,
      ]);
      const before = await database.deadlocks();
      const taking = await takeover(one);
      const page = store.fanOut(10);
      await waiting(2, settling(page));
      await taking.release();
      const told = [...sessionsOf((await page)?.changes ?? []), ...(await tellTheRest())];
      expect(await database.deadlocks()).toBe(before);
      expect(new Set(told).size).toBe(told.length);
      expect(told).toEqual(expect.arrayContaining(one.ids.filter((id) => id !== one.onAir)));
    },
  );

  it('nor with sessions that Redis is told once more', async () => {
    const one = await given('greater');
    const before = await database.deadlocks();
    const taking = await takeover(one);
    const again = tellAgain(
      database.source,
      one.ids.map((id) => ({ kind: 'session', id, held: 7 })),
    );
    await waiting(2, settling(again));
    await taking.release();
    expect(await again).toEqual(new Set(one.ids));
    expect(await database.deadlocks()).toBe(before);
    const versions = await sql<{ version: string }>('SELECT version FROM sessions WHERE id = ANY($1)', [one.ids]);
    for (const { version } of versions) expect(Number(version)).toBeGreaterThan(7);
  });
});

import { SessionStore, createDataSource } from '../src';
import { countedWork } from './counted-work';
import { type TestDatabase, testDatabase } from './database';
import { event } from './given-record';
import { writeManySessions } from './many-sessions';
import { toRecord } from './to-record';

const T = Date.UTC(2026, 10, 24, 10);
const LEASES = 100_000;
const SILENT = 7;
const LEASE_MS = 60_000;

describe('looks at many leases, of which few are silent', () => {
  let database: TestDatabase;
  let source: TestDatabase['source'];
  let store: SessionStore;
  let ids: string[];
  const look = (watermark: number) => store.checkDue(watermark);
  const due = async (watermark: number) => {
    const [row] = await source.query<{ n: number }[]>('SELECT count(*)::int AS n FROM session_signals WHERE due < $1', [
      new Date(watermark),
    ]);
    return row?.n;
  };

  beforeAll(async () => {
    database = await testDatabase();
    source = await createDataSource({ url: database.url, name: 'looking', poolSize: 1 }).initialize();
    store = new SessionStore(source);
    ids = await writeManySessions(source, { sessions: LEASES, rooms: LEASES, at: T, leaseSeconds: LEASE_MS / 1000 });
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('costs nothing that depends on how many there are, while none is due', async () => {
    const work = await countedWork(source, () => look(T + LEASE_MS / 2));
    expect(work).toMatchObject({ scanned: 0, written: 0 });
    expect(work.lookedUp).toBeLessThan(10);
  });

  it('plans the others anew by one narrow row each, and reads the folds of the silent alone', async () => {
    const beats = ids.slice(SILENT).map((id) => ({ id, at: T + 25_000 }));
    await source.query(`UPDATE session_signals SET last_signal_at = $1 WHERE NOT (session_id = ANY($2))`, [
      new Date(beats[0]?.at ?? T),
      ids.slice(0, SILENT),
    ]);
    const watermark = T + LEASE_MS / 2 + 1;
    let changed = 0;
    const work = await countedWork(source, async () => {
      changed = (await look(watermark)).changes.length;
    });
    expect(changed).toBe(SILENT);
    expect(await due(watermark)).toBe(0);
    // One row per session that was planned anew; of each silent one the fold, the signals and the content.
    expect(work.written).toBeLessThanOrEqual(LEASES - SILENT + SILENT * 5);
    expect(work.scanned).toBe(0);
    const folds = (await source.query(
      `SELECT idx_tup_fetch::int AS n FROM pg_stat_user_tables WHERE relname = 'session_folds'`,
    )) as { n: number }[];
    expect(folds[0]?.n).toBeLessThan(SILENT * 10);
    const shown = await source.query(`SELECT health, count(*)::int AS n FROM sessions GROUP BY health ORDER BY health`);
    expect(shown).toEqual([
      { health: 'ok', n: LEASES - SILENT },
      { health: 'reconnecting', n: SILENT },
    ]);
  });

  it('finds a session that beats again on the fold’s way, and calm from then on', async () => {
    const [id = ''] = ids;
    const beat = async (second: number) => {
      const { changes } = await store.recordSessionSlice(
        [toRecord(event('session.heartbeat.v1', id, {}, { time: new Date(T + second * 1000).toISOString() }))],
        { bad: [], progress: null },
      );
      return changes;
    };
    expect(await beat(32)).toMatchObject([{ kind: 'session', id, session: { health: 'ok' } }]);
    const work = await countedWork(source, () => beat(33));
    expect(work).toMatchObject({ scanned: 0, written: 1, narrow: 1 });
  });

  it('does not look at leases that are longer than what was seen of the log', async () => {
    const watermark = T + LEASE_MS + 30_001;
    await store.checkDue(watermark, { longestLeaseMs: LEASE_MS - 1 });
    const [ended] = (await source.query(`SELECT count(*)::int AS n FROM sessions WHERE status = 'ended'`)) as object[];
    expect(ended).toEqual({ n: 0 });
  });
});

import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Quarantine, SessionStore, createDataSource } from '../src';
import { projectedVersions } from '../src/projected';
import { countedWork } from './counted-work';
import { type TestDatabase, testDatabase } from './database';

/** Of each table; so many more are read where an index is missing. */
const ROWS = 8000;
const FEW = 1000;
const PAGE = 100;
const [PRESET, ROOM, HOST] = [randomUUID(), randomUUID(), randomUUID()];
const NOTHING = { bad: [], progress: null };

describe('what is read, however much there is', () => {
  let database: TestDatabase;
  let source: DataSource;
  let store: SessionStore;

  beforeAll(async () => {
    database = await testDatabase();
    for (const text of FILL) await database.source.query(text);
    await database.source.query('VACUUM ANALYZE');
    source = await createDataSource({ url: database.url, name: 'counted', poolSize: 1 }).initialize();
    store = new SessionStore(source, { rows: 0, rowsPerSource: 0 });
    // What a connection asks for the first time it asks of the catalogue as well; that is not counted.
    await change('room', randomUUID());
  }, 300_000);
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  function change(kind: 'preset' | 'room' | 'host', id: string) {
    const fact = { id, kind, at: Date.now() * 1000, offset: '1', state: {} };
    return store.recordDirectorySlice([{ fact, loggable: null }], NOTHING);
  }

  /** Small tables are read as a whole. */
  async function expectFewRead(work: () => Promise<unknown>, most = FEW): Promise<void> {
    const { scanned, lookedUp } = await countedWork(source, work);
    expect({ scanned, isLittle: scanned < FEW }).toEqual({ scanned, isLittle: true });
    expect(lookedUp).toBeLessThan(most);
  }

  it.each([
    ['preset', PRESET],
    ['room', ROOM],
  ] as const)('is the page of sessions that is told of a %s, of all that show it', async (kind, id) => {
    await expectFewRead(() => change(kind, id), ROWS / 2);
    await expectFewRead(() => store.fanOut(PAGE), ROWS / 2);
    await database.source.query('TRUNCATE fan_out');
  });

  it('is the rooms of a host that changed', async () => {
    await expectFewRead(() => change('host', HOST));
    await database.source.query('TRUNCATE fan_out');
  });

  it('is each open session a few times, where all are read page by page', async () => {
    let read = 0;
    await expectFewRead(async () => {
      for await (const page of projectedVersions(source, FEW)) read += page.length;
    }, 8 * ROWS);
    expect(read).toBeGreaterThan(2 * ROWS);
  });

  it('is the ranges of the quarantine that a place may be in, or go on; not those behind it', async () => {
    const bad = {
      kind: 'record' as const,
      place: { topic: 't', partition: 0, offset: String(2 * ROWS) },
      record: { key: null, value: Buffer.from('x'), headers: {}, timestamp: 1 },
      source: '/a',
      reason: 'schema',
      error: 'no',
    };
    await expectFewRead(() => store.recordEvidence({ bad: [bad], progress: null }));
  });

  it('is the open ones of the quarantine', async () => {
    const quarantine = new Quarantine(source);
    await expectFewRead(async () => expect(await quarantine.list({ state: 'open' }, PAGE)).toHaveLength(PAGE));
    await expectFewRead(async () =>
      expect(await quarantine.open(['t'])).toEqual([{ topic: 't', reason: 'r', count: PAGE }]),
    );
  });
});

const FILL = [
  `CREATE TEMP TABLE many AS SELECT n, gen_random_uuid() AS id FROM generate_series(1, ${ROWS}) n`,
  // As many that are over: in the same room, and of the same preset.
  `INSERT INTO sessions (id, version, room_id, preset_id, status, created_at, updated_at, listed, deleted)
     SELECT gen_random_uuid(), 1, CASE n % 2 WHEN 0 THEN '${ROOM}'::uuid END, CASE n % 2 WHEN 1 THEN '${PRESET}'::uuid END,
       status, now(), now(), true, false
     FROM generate_series(1, ${2 * ROWS}) n, (VALUES ('scheduled'), ('ended')) AS given (status)`,
  `INSERT INTO session_folds SELECT id, version, room_id, '', '{"t":[]}' FROM sessions WHERE status = 'scheduled'`,
  `INSERT INTO reference_data (id, kind, version, at, "offset", state)
     SELECT id, 'room', 1, '-infinity', n, jsonb_build_object('host_id', CASE n WHEN 1 THEN '${HOST}' ELSE id::text END) FROM many`,
  `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, kind, reason, error, headers, state, state_at)
     SELECT 't', 0, n, n, now(), 'record', 'r', 'e', '', 'replayed', now() FROM many ORDER BY n`,
  `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, kind, reason, error, headers)
     SELECT 't', 1, n, n, now(), 'record', 'r', 'e', '' FROM many WHERE n <= ${PAGE}`,
  `INSERT INTO quarantine_ranges (topic, partition, from_offset, to_offset, source, reason, messages, first_ms, last_ms,
       state, state_at)
     SELECT 't', 0, n, n, '/a', 'schema', 1, 1, 1, 'discarded', now() FROM many`,
  `DROP TABLE many`,
];

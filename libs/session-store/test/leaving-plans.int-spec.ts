import { DEFAULT_POLICY, leavingByRows } from '../src';
import { AskedPlans, type Plan } from './asked-plans';
import { type TestDatabase, testDatabase } from './database';

const ROWS = 20_000;
const NOW = Date.UTC(2026, 10, 24);

/** Made for these questions: all that they hold is in the order in which it leaves. */
const IN_THEIR_ORDER = /_(closed|unlisted|look|left|found|revoked|deleted|ended)$|^sessions_by_update$/;
const SMALL = new Set(['reference_floor', 'session_totals', 'outbox']);

describe('what leaves by rows', () => {
  let database: TestDatabase;
  let asked: AskedPlans;

  beforeAll(async () => {
    database = await testDatabase();
    for (const text of FILL) await database.source.query(text);
    await database.source.query('VACUUM ANALYZE');
    asked = await AskedPlans.connect(database.url);
  }, 300_000);
  afterAll(async () => {
    await asked.source.destroy();
    await database.drop();
  });

  it('is found by its age, in steps that are bounded, however much stays', async () => {
    const policy = { ...DEFAULT_POLICY, sessionsDays: 30 };
    const { source } = asked;
    for (const leaving of leavingByRows(policy)) {
      expect({ of: leaving.table, is: await leaving.oldest(source, NOW) }).not.toEqual({ of: leaving.table, is: null });
      expect((await leaving.plan(source, NOW)).length).toBe(1);
      const { rows, more } = await leaving.step(source, NOW);
      expect({ of: leaving.table, more, some: rows > 0, few: rows <= 5000 }).toEqual({
        of: leaving.table,
        more: true,
        some: true,
        few: true,
      });
    }
    // Of what is asked outside of a step the planner decides by itself.
    const asInStep = (text: string) => !/SELECT count\(|SELECT min\(|LIMIT \$4/.test(text);
    const isBad = (node: Plan) => !SMALL.has(node['Relation Name'] ?? '') && asked.isWhole(node, IN_THEIR_ORDER);
    expect(await asked.nodesThatAre(isBad, asInStep)).toEqual([]);
  }, 300_000);
});

const OLD = `timestamptz '2024-01-01' + n * interval '1 minute'`;
const NEW = `timestamptz '2026-11-23 23:00' + n * interval '1 ms'`;
/** Of each table as many old rows as new ones, of which some may leave and some may not. */
const FILL = [
  `CREATE TEMP TABLE many AS SELECT n, gen_random_uuid() AS id, CASE WHEN n % 2 = 0 THEN ${OLD} ELSE ${NEW} END AS at
     FROM generate_series(1, ${ROWS}) n`,
  `INSERT INTO sessions (id, version, status, created_at, updated_at, listed, deleted)
     SELECT id, 1, (ARRAY['ended', 'expired', 'live', 'ended'])[1 + n / 2 % 4], at, at, n / 2 % 4 < 3, false FROM many`,
  `INSERT INTO session_folds SELECT id, 1, NULL, '', '{"t":[]}' FROM many`,
  `INSERT INTO session_signals SELECT id, NULL, NULL, false, NULL FROM many`,
  `INSERT INTO session_texts SELECT id, 1, 'text', '{tex,ext}' FROM many`,
  `INSERT INTO room_claims SELECT id, at, 0, '/a', 'e', id FROM many`,
  `INSERT INTO session_counts (session_id, version, viewer_count, viewer_count_at, seq, source, event_id, max_viewers, max_viewers_at, look_at)
     SELECT CASE WHEN n % 4 = 0 THEN gen_random_uuid() ELSE id END, 1, 1, at, 0, '/a', 'e', 1, at, at FROM many`,
  `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, kind, reason, error, headers, state, state_at)
     SELECT 't', 0, n, n, at, 'record', 'r', 'e', '', CASE WHEN n % 3 = 0 THEN 'open' ELSE 'replayed' END, at FROM many`,
  `INSERT INTO quarantine_ranges (topic, partition, from_offset, to_offset, source, reason, messages, first_ms, last_ms, state, state_at)
     SELECT 't', 0, n, n, '', 'r', 1, 1, 1, CASE WHEN n % 3 = 0 THEN 'open' ELSE 'discarded' END, at FROM many`,
  `INSERT INTO session_tombstones SELECT gen_random_uuid(), 1, false, at FROM many`,
  `INSERT INTO reference_data (id, kind, version, at, "offset", state)
     SELECT id, 'room', 3, at, n, CASE WHEN n % 3 = 0 THEN '{}'::jsonb END FROM many`,
  `INSERT INTO reference_texts SELECT id, 'room', 1, '', '{}' FROM many`,
  `INSERT INTO ingest_gaps (topic, partition, kind, from_offset, to_offset, why, found_at)
     SELECT 't', 0, 'missing', n, n + 1, 'w', at FROM many`,
  `INSERT INTO api_keys (id, name, digest, scopes, revoked_at)
     SELECT id, 'k', '', '{}', CASE WHEN n % 3 = 0 THEN NULL ELSE at END FROM many`,
  `INSERT INTO admin_acts (what, said, why, who, state, ended_at)
     SELECT 'discard', '{}', 'w', 'w', 'done', CASE WHEN n % 3 = 0 THEN NULL ELSE at END FROM many`,
];

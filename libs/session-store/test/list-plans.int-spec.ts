import { type ListQuery, listQuery } from '#libs/contracts';
import { gramsOf } from '#libs/session';
import type { DataSource } from 'typeorm';
import { FROZEN, TooExpensive, createDataSource, isSupported } from '../src';
import { countSessions } from '../src/list/count-sessions';
import type { Ask } from '../src/list/bounded-question';
import { freezeSessions, listSessions } from '../src/list/list-sessions';
import { LOOKED_AT } from '../src/list/pages';
import { type TestDatabase, testDatabase } from './database';
import { ROOMS, SESSIONS, idOf, writePast } from './given-past';

const NOW = Date.now();
/** What is open, read once for the page with its counts and presets, once for the total. */
const OPEN = 60_000;
/** The newest sessions and their texts: some to see which words are common, those looked at first, and those that fill a page. */
const FRONT = 2 * 500 + 2 * 2000 + 2 * 6000;
const TABLES = ['sessions', 'session_texts', 'session_counts', 'reference_data', 'reference_texts'];

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
}

type Parameters = Record<string, string>;

/** What every question reads at most: the filters and sorts that an index answers, and the rows of a page of ten. */
const SUPPORTED: [Parameters, number][] = [
  ...['', 'live', 'scheduled', 'ended', 'expired', 'live,ended', 'scheduled,expired'].flatMap((status) =>
    ['', 'created_at', 'started_at', 'scheduled_start_time'].flatMap((sort) =>
      ['desc', 'asc'].map((order): [Parameters, number] => [
        { ...(status && { status }), ...(sort && { sort }), order },
        // With few rows that have the key, those without one are looked for beside what is open.
        status === 'live' || status === 'scheduled' || status === 'scheduled,expired' ? OPEN : 12_000,
      ]),
    ),
  ),
  ...['viewer_count', 'max_viewers', 'duration', 'started_at'].flatMap((sort): [Parameters, number][] => [
    [{ status: 'live', sort }, OPEN],
    [{ status: 'live,scheduled', sort, mode: 'webcam' }, 2 * OPEN],
    [{ status: 'live', sort, room_id: idOf('room', 0) }, OPEN],
  ]),
  [{ min_viewers: '1' }, OPEN],
  [{ min_viewers: '6', sort: 'duration' }, OPEN],
  [{ sort: 'started_at', started_before: new Date(NOW - 86_400_000 * 365).toISOString() }, 12_000],
  [{ sort: 'started_at', started_after: new Date(NOW - 86_400_000).toISOString(), order: 'asc' }, 12_000],
  ...['0', '7'].flatMap((n): [Parameters, number][] => [
    [{ room_id: idOf('room', Number(n)) }, 12_000],
    [{ room_id: idOf('room', Number(n)), order: 'asc' }, 12_000],
    [{ room_id: idOf('room', Number(n)), status: 'live' }, 12_000],
    [{ room_id: idOf('room', Number(n)), limit: '100', page: '100' }, 60_000],
  ]),
  [{ room_id: [1, 2, 3].map((n) => idOf('room', n)).join(',') }, 12_000],
  [{ host_id: idOf('host', 7) }, 12_000],
  [{ library_id: idOf('library', 7) }, 12_000],
  // Half of all rooms: the first of each is looked at.
  [{ library_id: idOf('library', 0) }, 60_000],
  [{ organization_id: idOf('organization', 7), status: 'ended' }, 12_000],
  [{ ids: idOf('room', 7), sort: 'duration' }, 100],
  [{ page: '1000' }, 25_000],
  [{ limit: '100', page: '100', status: 'ended', sort: 'created_at' }, 25_000],
  [{ limit: '100', page: '100', status: 'expired,ended' }, 25_000],
  [{ limit: '100', page: '100', sort: 'started_at', order: 'asc' }, 25_000],
  // Words: one that nothing says, a rare one, a long one, two, one of a room and one of a title, of a host, signs.
  ...['zzz', 'abc', '7a6e2', 'show f00', 'hall77 fff', 'host199', 'hall', '%%%', '%', '_', '\\', '東京', 'ab'].map(
    (q): [Parameters, number] => [{ q }, 150_000],
  ),
  ...['show', 'a', 's', 'show a'].flatMap((q): [Parameters, number][] => [
    // Seen to be common among the newest, and found there.
    [{ q }, FRONT],
    [{ q, sort: 'created_at' }, FRONT],
    [{ q, status: 'ended', limit: '100', page: '2' }, FRONT],
    [{ q, status: 'live', sort: 'viewer_count' }, 150_000],
    [{ q, room_id: idOf('room', 7), sort: 'duration' }, 150_000],
    [{ q, room_id: idOf('room', 0) }, 200_000],
  ]),
];

describe(`the plans of lists over ${SESSIONS} past sessions`, () => {
  let database: TestDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    await writePast(database.url);
    source = await createDataSource({ url: database.url, name: 'test', byIndexOnly: true }).initialize();
  }, 1_800_000);
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  /** Explains every statement of a question before it is asked. */
  async function explained<T>(
    question: (ask: Ask) => Promise<T>,
  ): Promise<{ answer: T; scanned: string[]; read: number }> {
    const nodes: PlanNode[] = [];
    const answer = await question(async (text, values) => {
      if (!text.startsWith('EXPLAIN')) {
        const [row] = (await source.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, values)) as [
          { 'QUERY PLAN': [{ Plan: PlanNode }] },
        ];
        nodes.push(...all(row['QUERY PLAN'][0].Plan));
      }
      return source.query(text, values);
    });
    const ofTables = nodes.filter((node) => TABLES.includes(node['Relation Name'] ?? ''));
    const scanned = ofTables
      .filter((node) => node['Node Type'] === 'Seq Scan')
      .map((node) => node['Relation Name'] ?? '');
    return { answer, scanned, read: ofTables.map(rowsRead).reduce((sum, rows) => sum + rows, 0) };
  }

  const list = (parameters: Parameters) => {
    const query: ListQuery = listQuery.parse(parameters);
    return explained((ask) => listSessions(ask, query, NOW));
  };

  it('are of texts as the code writes them', async () => {
    const [row] = (await source.query('SELECT folded, grams FROM session_texts LIMIT 1')) as [
      { folded: string; grams: string[] },
    ];
    expect(new Set(row.grams)).toEqual(new Set(gramsOf(row.folded)));
  });

  it.each(SUPPORTED)('%j: by index, at most %i rows', async (parameters, most) => {
    expect(isSupported(listQuery.parse(parameters))).toBe(true);
    const { scanned, read } = await list(parameters);
    expect(scanned).toEqual([]);
    expect(read).toBeLessThanOrEqual(most);
  });

  it('a walk reads what it gives, page by page, from any place', async () => {
    const query = listQuery.parse({ sort: 'created_at', limit: '100' });
    const [far] = (await source.query(
      `SELECT id, created_at FROM sessions ORDER BY created_at LIMIT 1 OFFSET ${SESSIONS / 2}`,
    )) as [{ id: string; created_at: Date }];
    const after = { key: far.created_at.getTime(), id: far.id };
    const walked = await explained((ask) => listSessions(ask, query, NOW, { after }));
    expect(walked.answer.rows).toHaveLength(100);
    expect(walked).toMatchObject({ scanned: [] });
    expect(walked.read).toBeLessThanOrEqual(1500);
    const frozen = await explained((ask) => freezeSessions(ask, listQuery.parse({}), NOW, FROZEN));
    expect(frozen).toMatchObject({ scanned: [] });
    // All that is open, and the first of the past.
    expect(frozen.answer.open).toHaveLength(16 * 20_000);
    expect(frozen.answer.past).toHaveLength(16 * FROZEN.past);
    expect(frozen.read).toBeLessThanOrEqual(20_000 + 2 * FROZEN.past + 10);
    const inRoom = listQuery.parse({ room_id: idOf('room', 0) });
    const ofRoom = await explained((ask) => freezeSessions(ask, inRoom, NOW, FROZEN));
    expect(ofRoom).toMatchObject({ scanned: [] });
    expect(ofRoom.read).toBeLessThanOrEqual(40_010);
  });

  it('stats read what is live', async () => {
    const { answer, scanned, read } = await explained(countSessions);
    expect(answer).toMatchObject({
      total_sessions: SESSIONS,
      live_now: 10_000,
      scheduled: 10_000,
      viewers_now: 50_000,
    });
    expect(scanned).toEqual([]);
    expect(read).toBeLessThanOrEqual(OPEN);
  });

  it('totals are exact while that is cheap, and near the truth beyond', async () => {
    const totalOf = async (parameters: Parameters) => {
      const { total, totalExact } = (await list(parameters)).answer;
      return { total, totalExact };
    };
    expect(await totalOf({})).toEqual({ total: SESSIONS, totalExact: true });
    expect(await totalOf({ status: 'live,expired' })).toEqual({ total: 20_000, totalExact: true });
    expect(await totalOf({ room_id: idOf('room', 7) })).toEqual({ total: SESSIONS / ROOMS, totalExact: true });
    expect(await totalOf({ q: 'zzz' })).toEqual({ total: 0, totalExact: true });
    for (const [parameters, truth] of [
      [{ room_id: idOf('room', 0) }, 0.1 * SESSIONS],
      [{ mode: 'webcam' }, SESSIONS],
      [{ q: 'show' }, SESSIONS],
      [{ q: 'a' }, SESSIONS / 16 + SESSIONS / 10],
    ] as [Parameters, number][]) {
      const { total, totalExact } = await totalOf(parameters);
      expect(totalExact).toBe(false);
      expect(total).toBeGreaterThan(truth / 2);
      expect(total).toBeLessThan(truth * 2);
    }
  });

  it('a common word that only old sessions say is refused after a bounded look, and found beside something rare', async () => {
    await expect(list({ q: 'antique' })).rejects.toThrow(TooExpensive);
    await expect(list({ q: 'show', sort: 'duration' })).rejects.toThrow(TooExpensive);
    const { answer } = await list({ q: 'antique abc' });
    expect(answer.total).toBeGreaterThan(0);
    expect(LOOKED_AT).toBeLessThan(SESSIONS);
  });
});

function all(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(all)];
}

function rowsRead(node: PlanNode): number {
  const once =
    node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return once * node['Actual Loops'];
}

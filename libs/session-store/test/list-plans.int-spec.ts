import { type ListQuery, listQuery } from '#libs/contracts';
import { Client } from 'pg';
import { listStatement } from '../src/list/list-sessions';
import { type TestDatabase, testDatabase } from './database';

/** PLANS_SESSIONS=1000000 is the figure of the design: it takes minutes. */
const SESSIONS = Number(process.env['PLANS_SESSIONS'] || 40_000);
const ROOMS = 2000;
const NOW = Date.UTC(2026, 10, 24, 12);

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}

const room = (n: number) => `00000000-0000-4000-8002-${n.toString(16).padStart(12, '0')}`;

describe('the plans of lists over many sessions', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase();
    await fill(database);
  }, 900_000);
  afterAll(() => database.drop());

  async function nodesOf(parameters: Record<string, string>): Promise<PlanNode[]> {
    const query: ListQuery = listQuery.parse(parameters);
    const { text, values } = listStatement(query, NOW, { page: query.page });
    const [{ 'QUERY PLAN': plan }] = (await database.source.query(`EXPLAIN (FORMAT JSON) ${text}`, values)) as [
      { 'QUERY PLAN': [{ Plan: PlanNode }] },
    ];
    return all(plan[0].Plan);
  }

  it.each([
    [{}, 'sessions_updated'],
    [{ limit: '100' }, 'sessions_updated'],
    [{ status: 'expired' }, 'sessions_status_updated'],
    // The open ones alone, where they are few beside all.
    [{ status: 'scheduled' }, 'sessions_status_updated', 'sessions_open'],
    [{ sort: 'created_at' }, 'sessions_created'],
    [{ sort: 'created_at', order: 'asc' }, 'sessions_created'],
    [{ sort: 'started_at' }, 'sessions_started'],
    [{ sort: 'scheduled_start_time' }, 'sessions_planned'],
    [{ room_id: room(7) }, 'sessions_room'],
    [{ host_id: room(7).replace('8002', '8001') }, 'sessions_room'],
    [{ ids: room(7) }, 'sessions_pkey'],
    [{ q: 'number 77 of' }, 'session_texts_text'],
  ] as [Record<string, string>, ...string[]][])(
    'of %j find their rows by the index %s',
    async (parameters, ...indices) => {
      const nodes = await nodesOf(parameters);
      expect(nodes.some((node) => indices.includes(node['Index Name'] ?? ''))).toBe(true);
      const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']);
      expect(scanned).not.toContain('sessions');
      expect(scanned).not.toContain('session_texts');
      expect(scanned).not.toContain('session_counts');
    },
  );

  it('of nearly all sessions find the page by index; only their number is counted by looking at all', async () => {
    expect((await nodesOf({ status: 'ended' })).map((node) => node['Index Name'])).toContain('sessions_updated');
  });
});

function all(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(all)];
}

/** By a connection that waits as long as it takes. */
async function fill({ url }: TestDatabase): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await write(client);
  await client.end();
}

/** One in a hundred live, one scheduled, one expired, the others ended. */
async function write(client: Client): Promise<void> {
  const id = (kind: number, n: string) => `('00000000-0000-4000-800${kind}-' || lpad(to_hex(${n}), 12, '0'))`;
  await client.query(`INSERT INTO reference_data (id, kind, version, at, "offset", state)
    SELECT ${id(1, 'n')}::uuid, 'host', 1, now(), n, jsonb_build_object('username', 'host' || n)
    FROM generate_series(1, ${ROOMS}) n`);
  await client.query(`INSERT INTO reference_data (id, kind, version, at, "offset", state)
    SELECT ${id(2, 'n')}::uuid, 'room', 1, now(), n, jsonb_build_object('title', 'Room ' || n, 'host_id', ${id(1, 'n')})
    FROM generate_series(1, ${ROOMS}) n`);
  await client.query(`INSERT INTO sessions (id, version, room_id, title, status, mode, started_at, ended_at,
      scheduled_start_time, created_at, updated_at, listed, deleted, fold)
    SELECT gen_random_uuid(), 1, ${id(2, `1 + n % ${ROOMS}`)}::uuid, 'Session number ' || n || ' of ' || md5(n::text),
      CASE n % 100 WHEN 0 THEN 'live' WHEN 1 THEN 'scheduled' WHEN 2 THEN 'expired' ELSE 'ended' END, 'webcam',
      CASE WHEN n % 100 NOT IN (1, 2) THEN at END, CASE WHEN n % 100 > 2 THEN at END, CASE WHEN n % 4 = 1 THEN at END,
      at, at, true, false, '{}'
    FROM (SELECT n, now() - n * interval '30 seconds' AS at FROM generate_series(1, ${SESSIONS}) n) given`);
  await client.query(`INSERT INTO session_counts (session_id, version, viewer_count, viewer_count_at, seq, source,
      event_id, max_viewers, max_viewers_at)
    SELECT id, 1, 5, now(), 0, '/studio', 'e', 9, now() FROM sessions WHERE started_at IS NOT NULL`);
  await client.query('VACUUM ANALYZE');
}

import type { ListQuery, ListSort } from '#libs/contracts';
import type { Presentable } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import {
  COUNT_COLUMNS,
  type CountColumns,
  SESSION_COLUMNS,
  type SessionColumns,
  storedCounts,
  storedSession,
} from './stored-rows';

export interface ListedPage {
  rows: Presentable[];
  total: number;
}

/** Counts that a preset hides, or may hide, are not there for filters and sorts either. */
const SHOWS_COUNTS = `(s.preset_id IS NULL OR (p.state IS NOT NULL AND p.state ->> 'viewer_count_visible' IS DISTINCT FROM 'false'))`;
const SHOWN_COUNT = `CASE WHEN NOT ${SHOWS_COUNTS} THEN NULL WHEN s.status IN ('ended', 'expired') THEN 0
  WHEN s.status = 'live' AND c.viewer_count_at > coalesce(s.counts_after, '-infinity') THEN c.viewer_count END`;
const SHOWN_PEAK = `CASE WHEN ${SHOWS_COUNTS} THEN c.max_viewers END`;

const JOINS = `LEFT JOIN session_counts c ON c.session_id = s.id
  LEFT JOIN reference_data r ON r.id = s.room_id AND r.kind = 'room'
  LEFT JOIN reference_data h ON h.id = (r.state ->> 'host_id')::uuid AND h.kind = 'host'
  LEFT JOIN reference_data p ON p.id = s.preset_id AND p.kind = 'preset'`;

const SORTS: Record<ListSort, string> = {
  created_at: 's.created_at',
  started_at: 's.started_at',
  scheduled_start_time: 's.scheduled_start_time',
  viewer_count: SHOWN_COUNT,
  max_viewers: SHOWN_PEAK,
  duration: `CASE s.status WHEN 'live' THEN $now - s.started_at ELSE s.ended_at - s.started_at END`,
};

/** Ids first, in one plain query, then their relations: no join can drop or double a row of the page. */
export async function listSessions(source: DataSource, query: ListQuery, now: number): Promise<ListedPage> {
  const runner = source.createQueryRunner();
  try {
    await runner.startTransaction('REPEATABLE READ');
    const { where, values, joined } = conditionsOf(query);
    const sort = query.sort === undefined ? 's.updated_at' : SORTS[query.sort];
    const order = query.order ?? 'desc';
    values.push(new Date(now).toISOString());
    const by = sort.replaceAll('$now', `$${values.length}::timestamptz`);
    const clock = `$${values.length}::timestamptz IS NOT NULL`;
    const needsJoins = joined || !/^s\.\w+$/.test(sort);
    const from = `FROM sessions s ${needsJoins ? JOINS : ''} WHERE ${[...where, clock].join(' AND ')}`;
    const [counted] = (await runner.query(`SELECT count(*)::int AS total ${from}`, values)) as { total: number }[];
    const ids = (await runner.query(
      `SELECT s.id ${from} ORDER BY ${by} ${order} NULLS LAST, s.id ${order}
       LIMIT ${query.limit} OFFSET ${(query.page - 1) * query.limit}`,
      values,
    )) as { id: string }[];
    const rows = await load(
      runner,
      ids.map(({ id }) => id),
    );
    await runner.commitTransaction();
    return { rows, total: counted?.total ?? 0 };
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}

export async function findSession(source: DataSource, id: string): Promise<Presentable | undefined> {
  const runner = source.createQueryRunner();
  try {
    const [found] = await load(runner, [id]);
    return found;
  } finally {
    await runner.release();
  }
}

function conditionsOf(query: ListQuery): { where: string[]; values: unknown[]; joined: boolean } {
  const values: unknown[] = [];
  const where = ['s.listed'];
  let joined = false;
  const add = (value: unknown, condition: (parameter: string) => string, joins = false) => {
    if (value === undefined) return;
    values.push(value);
    where.push(condition(`$${values.length}`));
    joined ||= joins;
  };
  const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  add(query.status, (p) => `s.status = ANY(${p})`);
  add(query.mode, (p) => `s.mode = ANY(${p})`);
  add(query.ids, (p) => `s.id = ANY(${p})`);
  add(query.room_id, (p) => `s.room_id = ANY(${p})`);
  add(query.host_id, (p) => `r.state ->> 'host_id' = ANY(${p})`, true);
  add(query.library_id, (p) => `r.state ->> 'library_id' = ANY(${p})`, true);
  add(query.organization_id, (p) => `h.state ->> 'organization_id' = ANY(${p})`, true);
  add(query.recording_enabled, (p) => `coalesce(s.recording_enabled, false) = ${p}`);
  add(query.min_viewers, (p) => `${SHOWN_COUNT} >= ${p}`, true);
  add(time(query.started_after), (p) => `s.started_at >= ${p}`);
  add(time(query.started_before), (p) => `s.started_at < ${p}`);
  add(
    query.q === undefined ? undefined : `%${query.q.replace(/[\\%_]/g, '\\$&')}%`,
    (p) => `concat_ws(E'\\n', s.title, s.description, r.state ->> 'title', h.state ->> 'username') ILIKE ${p}`,
    true,
  );
  return { where, values, joined };
}

type Row = SessionColumns &
  CountColumns & {
    room: object | null;
    host_id: string | null;
    host: object | null;
    preset: object | null;
    active: string | null;
  };

async function load(runner: QueryRunner, ids: readonly string[]): Promise<Presentable[]> {
  if (ids.length === 0) return [];
  const rows = (await runner.query(
    `SELECT ${SESSION_COLUMNS}, ${COUNT_COLUMNS}, r.state AS room, r.state ->> 'host_id' AS host_id, h.state AS host, p.state AS preset,
       (SELECT a.id FROM sessions a WHERE a.room_id = s.room_id AND a.status = 'live' AND a.listed LIMIT 1) AS active
     FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place)
     JOIN sessions s ON s.id = asked.id AND s.listed ${JOINS} ORDER BY asked.place`,
    [ids],
  )) as Row[];
  return rows.map((row) => ({
    session: storedSession(row),
    counts: storedCounts(row),
    room: row.room && row.room_id ? { ...row.room, id: row.room_id } : null,
    host: row.host && row.host_id ? { ...row.host, id: row.host_id } : null,
    preset: row.preset && row.preset_id ? { ...row.preset, id: row.preset_id } : null,
    activeSessionId: row.active,
  }));
}

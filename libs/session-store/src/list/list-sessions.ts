import type { ListQuery } from '#libs/contracts';
import type { Presentable } from '#libs/session';
import type { DataSource } from 'typeorm';
import {
  COUNT_COLUMNS,
  type CountColumns,
  SESSION_COLUMNS,
  type SessionColumns,
  storedCounts,
  storedSession,
} from '../stored-rows';
import { conditionsOf } from './conditions';
import { type After, Order } from './order';
import { Parameters } from './parameters';
import { COUNT_JOINS, JOINS, SHOWN_COUNT } from './shown-sql';

export interface ListedPage {
  rows: Presentable[];
  /** How many there are in all, at the same moment. */
  total: number;
}

/** Which of a query's sessions: the page that it names, those after one, or those of some ids. */
export type Part = { page: number } | { after: After } | { among: readonly string[] };

type Row = SessionColumns &
  CountColumns & {
    room: object | null;
    host_id: string | null;
    host: object | null;
    preset: object | null;
    active: string | null;
  };

const ROW = `${SESSION_COLUMNS}, ${COUNT_COLUMNS}, r.state AS room, r.state ->> 'host_id' AS host_id, h.state AS host,
  p.state AS preset,
  (SELECT a.id FROM sessions a WHERE a.room_id = s.room_id AND a.status = 'live' AND a.listed LIMIT 1) AS active`;

/**
 * Rows and total of one statement, so of one moment. The ids of the page are found first, in one plain query, then
 * their relations: no join can drop or double a row. `now` in epoch ms.
 */
export async function listSessions(
  source: DataSource,
  query: ListQuery,
  now: number,
  part: Part = { page: query.page },
): Promise<ListedPage> {
  if (query.sort === 'viewer_count' && query.order !== 'asc' && 'page' in part) {
    // The watched come first, and are live: where they fill the page nobody else is on it.
    const page = await askForPage(source, query, now, part, `s.status = 'live' AND (${SHOWN_COUNT}) > 0`);
    if (page.rows.length === query.limit) return page;
  }
  return askForPage(source, query, now, part);
}

async function askForPage(
  source: DataSource,
  query: ListQuery,
  now: number,
  part: Part,
  known?: string,
): Promise<ListedPage> {
  const { text, values } = listStatement(query, now, part, known);
  const found = (await source.query(text, values)) as (Row & { total: number; id: string | null })[];
  return { total: found[0]?.total ?? 0, rows: found.filter(({ id }) => id !== null).map(presentable) };
}

/** The one statement of a list. `known`: a condition that everything on the page is known to meet. */
export function listStatement(query: ListQuery, now: number, part: Part, known = 'true') {
  const parameters = new Parameters();
  const { where, countsUsed } = conditionsOf(query, parameters);
  const all = where.join(' AND ');
  const order = new Order(query, now, parameters);
  const { condition, cut } = partOf(part, query.limit, order, parameters);
  const joins = countsUsed ? COUNT_JOINS : '';
  const pageJoins = countsUsed || order.countsUsed ? COUNT_JOINS : '';
  const text = `SELECT counted.total, ${ROW}
     FROM (SELECT count(*)::int AS total FROM sessions s ${joins} WHERE ${all}) counted
     LEFT JOIN (
       SELECT id, row_number() OVER () AS place FROM (
         SELECT s.id FROM sessions s ${pageJoins} WHERE ${all} AND ${known} AND ${condition} ORDER BY ${order.sql} ${cut}
       ) ordered
     ) page ON true
     LEFT JOIN sessions s ON s.id = page.id ${JOINS}
     ORDER BY page.place`;
  return { text, values: parameters.values };
}

function partOf(part: Part, limit: number, order: Order, parameters: Parameters): { condition: string; cut: string } {
  if ('page' in part) return { condition: 'true', cut: `LIMIT ${limit} OFFSET ${(part.page - 1) * limit}` };
  if ('after' in part) return { condition: order.after(part.after), cut: `LIMIT ${limit}` };
  return { condition: `s.id = ANY (${parameters.add(part.among)})`, cut: '' };
}

/**
 * The ids of all that a query asks for in its order, 16 bytes each, at most `limit` of them; from behind `after` on
 * where it is given.
 */
export async function orderOfSessions(
  source: DataSource,
  query: ListQuery,
  now: number,
  limit: number,
  after?: After,
): Promise<Buffer> {
  const parameters = new Parameters();
  const { where, countsUsed } = conditionsOf(query, parameters);
  const order = new Order(query, now, parameters);
  if (after) where.push(order.after(after));
  const joins = countsUsed || order.countsUsed ? COUNT_JOINS : '';
  const [packed] = (await source.query(
    `SELECT string_agg(uuid_send(id), ''::bytea ORDER BY place) AS ids FROM (
       SELECT id, row_number() OVER () AS place FROM (
         SELECT s.id FROM sessions s ${joins} WHERE ${where.join(' AND ')} ORDER BY ${order.sql} LIMIT ${limit}
       ) ordered
     ) placed`,
    parameters.values,
  )) as { ids: Buffer | null }[];
  return packed?.ids ?? Buffer.alloc(0);
}

export async function findSession(source: DataSource, id: string): Promise<Presentable | undefined> {
  const [found] = (await source.query(`SELECT ${ROW} FROM sessions s ${JOINS} WHERE s.id = $1 AND s.listed`, [
    id,
  ])) as Row[];
  return found && presentable(found);
}

function presentable(row: Row): Presentable {
  return {
    session: storedSession(row),
    counts: storedCounts(row),
    room: row.room && row.room_id ? { ...row.room, id: row.room_id } : null,
    host: row.host && row.host_id ? { ...row.host, id: row.host_id } : null,
    preset: row.preset && row.preset_id ? { ...row.preset, id: row.preset_id } : null,
    activeSessionId: row.active,
  };
}

import type { ListQuery } from '#libs/contracts';
import { COUNT_COLUMNS, SESSION_COLUMNS } from '../stored-rows';
import { type Conditions, conditionsOf, matching } from './conditions';
import { type After, Order } from './order';
import { type Cut, lookedAt, namedBy, pageIds, LOOKED_AT } from './pages';
import { Parameters } from './parameters';
import { COUNT_JOINS, JOINS, SHOWN_COUNT } from './shown-sql';
import { countedTotal, guessed, isExact, totalOf } from './totals';
import type { Way } from './ways';

/** Which of a query's sessions: the page that it names, those after one, or those of some ids. */
export type Part = { page: number } | { after: After } | { among: readonly string[] };

export const ROW = `${SESSION_COLUMNS}, ${COUNT_COLUMNS}, r.state AS room, r.state ->> 'host_id' AS host_id, h.state AS host,
  p.state AS preset,
  (SELECT a.id FROM sessions a WHERE a.room_id = s.room_id AND a.status = 'live' AND a.listed LIMIT 1) AS active`;

export interface Statement {
  text: string;
  values: unknown[];
}

export interface ListStatement extends Statement {
  /** Whether a total that it gave is exact. */
  isExact: (total: number) => boolean;
}

/**
 * Rows and total of one statement, so of one moment. The ids of the page are found first, then their relations: no join
 * can drop or double a row.
 */
export function listStatement(query: ListQuery, now: number, part: Part, way: Way): ListStatement {
  const { parameters, conditions, order } = readQuery(query, now);
  const page = idsOf(part, query.limit, way, conditions, order, parameters);
  const named = [...conditions.named, ...namedBy(way, conditions, order)];
  const text = rowsOf(named, totalOf(way, conditions), page);
  return { text, values: parameters.values, isExact: (total) => isExact(way, conditions, total) };
}

/** The same where everything on the page is live and watched: these come first by viewer count. */
export function watchedStatement(query: ListQuery, now: number, page: number): ListStatement {
  const { parameters, conditions, order } = readQuery(query, now);
  const shown = `(${SHOWN_COUNT})`;
  const from = matching({ ...conditions, countsUsed: true });
  const ids = `SELECT s.id ${from} AND s.status = 'live' AND ${shown} > 0 ORDER BY ${order.byValue(shown, 's.id')}
    LIMIT ${query.limit} OFFSET ${(page - 1) * query.limit}`;
  const text = rowsOf(conditions.named, countedTotal(conditions), ids);
  return { text, values: parameters.values, isExact: (total) => isExact({ kind: 'ranges' }, conditions, total) };
}

/** One of the lists of a question that is frozen: how it is found, and how much of it. */
export interface FrozenPart {
  query: ListQuery;
  way: Way;
  limit: number;
}

/**
 * The ids of several lists, each in its order and packed into one value (`ids0`, `ids1`, …), behind `after` if given; and
 * the key of each one's last (`key0`, …): a count, epoch ms, or ms for a duration. One statement, so of one moment.
 */
export function freezeStatement(parts: readonly FrozenPart[], now: number, after: After | undefined): Statement {
  const parameters = new Parameters();
  const lists = parts.map(({ query, way, limit }, n) => {
    const conditions = conditionsOf(query, parameters);
    const order = new Order(query, now, parameters);
    const ids = pageIds(way, conditions, order, { limit, offset: 0, after });
    const named = [...conditions.named, ...namedBy(way, conditions, order)];
    return `list${n} AS MATERIALIZED (${withNamed(named)}
      SELECT string_agg(uuid_send(id), ''::bytea ORDER BY place) AS ids, (array_agg(id ORDER BY place DESC))[1] AS last
      FROM (SELECT id, row_number() OVER () AS place FROM (${ids}) ordered) placed)`;
  });
  const shown = parts.map(({ query }, n) => {
    const key = new Order(query, now, parameters).keyAsNumber;
    return `list${n}.ids AS ids${n},
      (SELECT ${key} FROM sessions s ${COUNT_JOINS} WHERE s.id = list${n}.last) AS key${n}, list${n}.last AS last${n}`;
  });
  const text = `WITH ${lists.join(', ')} SELECT ${shown.join(', ')} FROM ${parts.map((_, n) => `list${n}`).join(', ')}`;
  return { text, values: parameters.values };
}

/** Of this the planner guesses the total. `rooms`: where the sessions are, as the planner knows rooms. */
export function guessStatement(query: ListQuery, now: number, way: Way, rooms: readonly string[]): Statement {
  const { parameters, conditions } = readQuery(query, now);
  const there = conditions.inRooms && way.kind !== 'looking' ? `${parameters.add(rooms)}::uuid[]` : '';
  const text = `${withNamed(conditions.named)} ${guessed(way, conditions, there)}`;
  return { text, values: parameters.values };
}

/** The rooms where the sessions of a query are. */
export function placesStatement(query: ListQuery, now: number): Statement | null {
  const { parameters, conditions } = readQuery(query, now);
  if (!conditions.inRooms) return null;
  return { text: `${withNamed(conditions.named)} SELECT id FROM places`, values: parameters.values };
}

/** Whether more sessions than are looked at for terms come after a place. */
export function moreToLookAtStatement(query: ListQuery, now: number, after: After | undefined): Statement {
  const { parameters, conditions, order } = readQuery(query, now);
  const cut: Cut = { limit: query.limit, offset: 0, after };
  const text = `${withNamed(conditions.named)} SELECT count(*) >= ${LOOKED_AT} AS more
    FROM (${lookedAt(conditions, order, cut, LOOKED_AT)}) looked`;
  return { text, values: parameters.values };
}

function readQuery(query: ListQuery, now: number) {
  const parameters = new Parameters();
  const conditions = conditionsOf(query, parameters);
  return { parameters, conditions, order: new Order(query, now, parameters) };
}

function idsOf(part: Part, limit: number, way: Way, conditions: Conditions, order: Order, parameters: Parameters) {
  if ('page' in part) return pageIds(way, conditions, order, { limit, offset: (part.page - 1) * limit });
  if ('after' in part) return pageIds(way, conditions, order, { limit, offset: 0, after: part.after });
  return `SELECT s.id ${matching(conditions)} AND s.id = ANY (${parameters.add(part.among)}::uuid[])`;
}

function withNamed(named: readonly string[]): string {
  return named.length > 0 ? `WITH ${named.join(', ')}` : '';
}

function rowsOf(named: readonly string[], total: string, ids: string): string {
  return `${withNamed(named)} SELECT counted.total, ${ROW}
     FROM (${total}) counted
     LEFT JOIN (SELECT id, row_number() OVER () AS place FROM (${ids}) ordered) page ON true
     LEFT JOIN sessions s ON s.id = page.id ${JOINS}
     ORDER BY page.place`;
}

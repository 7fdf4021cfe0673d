import { type Conditions, joinsOf, matching, statusIs, textJoin } from './conditions';
import type { After, Order } from './order';
import type { Way } from './ways';

/** How many of those that match, after how many others. */
export interface Cut {
  limit: number;
  offset: number;
  after?: After | undefined;
}

/** So many are looked at for terms that are common: where the first ones do not fill the page, more. */
export const LOOKED_AT_FIRST = 2000;
export const LOOKED_AT = 50_000;

/** The name of the subquery with all that match, `id` and `key`, where a way reads them all. */
export const MATCHED = 'matched';
/** The name of the subquery with what the term of such a way finds, as far as it is read. */
export const FIRST_FOUND = 'first_found';

/** SQL of the ids of a page, in their order. Read it with the subqueries that the conditions and the way name. */
export function pageIds(way: Way, conditions: Conditions, order: Order, cut: Cut): string {
  switch (way.kind) {
    case 'ranges':
      return byRanges(conditions, order, cut);
    case 'rooms':
      return `SELECT id FROM (${inRooms(conditions, order, cut, cut.offset + cut.limit)}) in_rooms
        LIMIT ${cut.limit} OFFSET ${cut.offset}`;
    case 'matched':
      return ofMatched(order, cut);
    case 'looking':
      return byLooking(conditions, order, cut, way.most);
  }
}

/** The subqueries that a way needs beside those of the conditions. */
export function namedBy(way: Way, conditions: Conditions, order: Order): string[] {
  if (way.kind !== 'matched') return [];
  const counts = order.countsUsed && !conditions.countsUsed ? { ...conditions, countsUsed: true } : conditions;
  const found = way.by === null ? undefined : conditions.terms[way.by]?.found;
  const from = found === undefined ? 'sessions s' : 'found f JOIN sessions s ON s.id = f.id';
  const limit = way.most === undefined ? '' : `LIMIT ${way.most + 1}`;
  return [
    ...(found === undefined
      ? []
      : [
          `${FIRST_FOUND} AS MATERIALIZED (${found} ${limit})`,
          `found AS MATERIALIZED (SELECT DISTINCT id FROM ${FIRST_FOUND})`,
        ]),
    `${MATCHED} AS MATERIALIZED (SELECT s.id, ${order.key} AS key ${matching(counts, from)})`,
  ];
}

/** Those with a key come first. */
function byRanges(conditions: Conditions, order: Order, cut: Cut): string {
  const { statuses, where } = conditions;
  const { limit, offset, after } = cut;
  const most = offset + limit;
  const valued = inRanges(conditions, order, cut, most);
  const isRanged = order.sort === 'started_at' && where.some((one) => one.startsWith('s.started_at'));
  if (!order.isNullable || isRanged) return `SELECT id FROM (${valued}) ranged LIMIT ${limit} OFFSET ${offset}`;
  const all = ['s.listed', statusIs(statuses), ...where, `${order.key} IS NULL`];
  if (after) all.push(order.laterById('s.id', after));
  const unvalued = `SELECT s.id FROM sessions s ${joinsOf(conditions)} WHERE ${all.join(' AND ')}
    ORDER BY s.id ${order.direction} LIMIT ${most}`;
  // In this order; the second is not begun where the first gives enough.
  return `SELECT id FROM ((SELECT id FROM (${valued}) ranged) UNION ALL (${unvalued})) both_parts LIMIT ${limit} OFFSET ${offset}`;
}

/**
 * At most `most` that have a key, in their order: the ranges of the statuses in an index, merged. Each range says how much
 * is wanted of it: else it is planned as if all of it were, and may be sorted whole.
 */
function inRanges(conditions: Conditions, order: Order, { after }: Cut, most: number): string {
  const { statuses, where } = conditions;
  const ranges = statuses.map((status) => {
    const all = ['s.listed', `s.status = '${status}'`, ...where];
    if (order.isNullable) all.push(`${order.key} IS NOT NULL`);
    if (after) all.push(order.laterByValue(order.key, 's.id', after));
    return `(SELECT s.id, s.room_id, ${order.key} AS key FROM sessions s ${joinsOf(conditions)} WHERE ${all.join(' AND ')}
      ORDER BY ${order.byValue(order.key, 's.id')} LIMIT ${most})`;
  });
  return `SELECT * FROM (${ranges.join(' UNION ALL ')}) part
    ORDER BY ${order.byValue('part.key', 'part.id')} LIMIT ${most}`;
}

/**
 * First the one that comes first of each room and status, then those of the rooms whose first ones come first: among
 * them are all of the page.
 */
function inRooms(conditions: Conditions, order: Order, { after }: Cut, most: number): string {
  const all = ['s.listed', 's.room_id = place.id', 's.status = place.status', ...conditions.where];
  if (after) all.push(order.laterByValue(order.key, 's.id', after));
  const ofPlace = `SELECT s.id, s.room_id, ${order.key} AS key FROM sessions s ${joinsOf(conditions)} WHERE ${all.join(' AND ')}
    ORDER BY ${order.byValue(order.key, 's.id')}`;
  const statuses = conditions.statuses.map((status) => `('${status}')`).join(', ');
  return `SELECT found.* FROM (
      SELECT place.id, place.status FROM (SELECT DISTINCT id, status FROM places, (VALUES ${statuses}) any_of (status)) place
      CROSS JOIN LATERAL (${ofPlace} LIMIT 1) head ORDER BY ${order.byValue('head.key', 'head.id')} LIMIT ${most}
    ) place CROSS JOIN LATERAL (${ofPlace} LIMIT ${most}) found
    ORDER BY ${order.byValue('found.key', 'found.id')} LIMIT ${most}`;
}

function ofMatched(order: Order, { limit, offset, after }: Cut): string {
  const later = after ? order.laterOfAll('m.key', 'm.id', after) : 'true';
  return `SELECT m.id FROM ${MATCHED} m WHERE ${later} ORDER BY ${order.byAll('m.key', 'm.id')}
    LIMIT ${limit} OFFSET ${offset}`;
}

/** Those that are looked at for terms, in their order: `id`, `room_id`, `key`. Not for keys that may be null. */
export function lookedAt(conditions: Conditions, order: Order, cut: Cut, most: number): string {
  const others = { ...conditions, terms: [] };
  return (conditions.inRooms ? inRooms : inRanges)(others, order, cut, most);
}

/** No more is looked at than is needed: the order stays as it is. */
function byLooking(conditions: Conditions, order: Order, cut: Cut, most: number): string {
  const { terms } = conditions;
  return `SELECT s.id FROM (${lookedAt(conditions, order, cut, most)}) s ${textJoin(terms)}
    WHERE ${terms.map(({ says }) => says).join(' AND ')}
    ORDER BY ${order.byValue('s.key', 's.id')} LIMIT ${cut.limit} OFFSET ${cut.offset}`;
}

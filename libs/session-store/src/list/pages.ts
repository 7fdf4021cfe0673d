import { type Conditions, joinsOf, matching, statusIs, textJoin } from './conditions';
import type { After, Order } from './order';
import type { Way } from './ways';

/** How many of those that match, after how many others. */
export interface Cut {
  limit: number;
  offset: number;
  after?: After | undefined;
}

/** So many are looked at for terms that are common. */
export const LOOKED_AT = 50_000;

/** The name of the subquery with all that match, `id` and `key`, where a way reads them all. */
export const MATCHED = 'matched';

/** SQL of the ids of a page, in their order. Read it with the subqueries that the conditions and the way name. */
export function pageIds(way: Way, conditions: Conditions, order: Order, cut: Cut): string {
  switch (way.kind) {
    case 'ranges':
      return byRanges(conditions, order, cut);
    case 'rooms':
      return byRooms(conditions, order, cut);
    case 'matched':
      return ofMatched(order, cut);
    case 'looking':
      return byLooking(conditions, order, cut);
  }
}

/** The subqueries that a way needs beside those of the conditions. */
export function namedBy(way: Way, conditions: Conditions, order: Order): string[] {
  if (way.kind !== 'matched') return [];
  const counts = order.countsUsed && !conditions.countsUsed ? { ...conditions, countsUsed: true } : conditions;
  const found = way.by === null ? undefined : conditions.terms[way.by]?.found;
  const from = found === undefined ? 'sessions s' : 'found f JOIN sessions s ON s.id = f.id';
  return [
    ...(found === undefined ? [] : [`found AS MATERIALIZED (SELECT DISTINCT id FROM (${found}) twice)`]),
    `${MATCHED} AS MATERIALIZED (SELECT s.id, ${order.key} AS key ${matching(counts, from)})`,
  ];
}

function byRanges(conditions: Conditions, order: Order, cut: Cut): string {
  const { limit, offset } = cut;
  return `SELECT id FROM (${inRanges(conditions, order, cut, offset + limit)}) ranged LIMIT ${limit} OFFSET ${offset}`;
}

/** At most `most` in their order. Those with a key come from one range of the index for each status. */
function inRanges(conditions: Conditions, order: Order, { after }: Cut, most: number): string {
  const { statuses, where } = conditions;
  const valued = statuses.map((status) => {
    const all = ['s.listed', `s.status = '${status}'`, ...where];
    if (order.isNullable) all.push(`${order.key} IS NOT NULL`);
    if (after) all.push(order.laterByValue(order.key, 's.id', after));
    return `(SELECT s.id, ${order.key} AS key FROM sessions s ${joinsOf(conditions)} WHERE ${all.join(' AND ')}
      ORDER BY ${order.byValue(order.key, 's.id')})`;
  });
  const ordered = `SELECT part.id FROM (${valued.join(' UNION ALL ')}) part
    ORDER BY ${order.byValue('part.key', 'part.id')} LIMIT ${most}`;
  const isRanged = order.sort === 'started_at' && where.some((one) => one.startsWith('s.started_at'));
  if (!order.isNullable || isRanged) return ordered;
  const all = ['s.listed', statusIs(statuses), ...where, `${order.key} IS NULL`];
  if (after) all.push(order.laterById('s.id', after));
  const unvalued = `SELECT s.id FROM sessions s ${joinsOf(conditions)} WHERE ${all.join(' AND ')}
    ORDER BY s.id ${order.direction} LIMIT ${most}`;
  // In this order; the second is not begun where the first gives enough.
  return `(${ordered}) UNION ALL (${unvalued})`;
}

/**
 * First the one that comes first of each room and status, then those of the rooms whose first ones come first: among
 * them are all of the page.
 */
function byRooms(conditions: Conditions, order: Order, { limit, offset, after }: Cut): string {
  const most = offset + limit;
  const all = ['s.listed', 's.room_id = place.id', 's.status = place.status', ...conditions.where];
  if (after) all.push(order.laterByValue(order.key, 's.id', after));
  const ofPlace = `SELECT s.id, ${order.key} AS key FROM sessions s ${joinsOf(conditions)} WHERE ${all.join(' AND ')}
    ORDER BY ${order.byValue(order.key, 's.id')}`;
  const statuses = conditions.statuses.map((status) => `('${status}')`).join(', ');
  return `SELECT found.id FROM (
      SELECT place.id, place.status FROM (SELECT DISTINCT id, status FROM places, (VALUES ${statuses}) any_of (status)) place
      CROSS JOIN LATERAL (${ofPlace} LIMIT 1) head ORDER BY ${order.byValue('head.key', 'head.id')} LIMIT ${most}
    ) place CROSS JOIN LATERAL (${ofPlace} LIMIT ${most}) found
    ORDER BY ${order.byValue('found.key', 'found.id')} LIMIT ${limit} OFFSET ${offset}`;
}

function ofMatched(order: Order, { limit, offset, after }: Cut): string {
  const later = after ? order.laterOfAll('m.key', 'm.id', after) : 'true';
  return `SELECT m.id FROM ${MATCHED} m WHERE ${later} ORDER BY ${order.byAll('m.key', 'm.id')}
    LIMIT ${limit} OFFSET ${offset}`;
}

/** Those that are looked at for terms, in their order. */
export function lookedAt(conditions: Conditions, order: Order, cut: Cut): string {
  const others = { ...conditions, terms: [] };
  if (conditions.inRooms) return byRooms(others, order, { limit: LOOKED_AT, offset: 0, after: cut.after });
  return `SELECT id FROM (${inRanges(others, order, cut, LOOKED_AT)}) ranged LIMIT ${LOOKED_AT}`;
}

function byLooking(conditions: Conditions, order: Order, cut: Cut): string {
  const { terms } = conditions;
  return `SELECT s.id FROM (SELECT id, row_number() OVER () AS place FROM (${lookedAt(conditions, order, cut)}) ordered) looked
    JOIN sessions s ON s.id = looked.id ${textJoin(terms)} WHERE ${terms.map(({ says }) => says).join(' AND ')}
    ORDER BY looked.place LIMIT ${cut.limit} OFFSET ${cut.offset}`;
}

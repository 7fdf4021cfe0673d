import { ALL_STATUSES, type Conditions, matching } from './conditions';
import { FIRST_FOUND, MATCHED } from './pages';
import { READ_LIMIT, type Way } from './ways';

/**
 * SQL of how many match in all, as `total`; one more than READ_LIMIT stands for more than are counted. Null: the term of the
 * way finds more than it may.
 */
export function totalOf(way: Way, conditions: Conditions): string {
  if (way.kind === 'matched' && way.most !== undefined) {
    return `SELECT CASE WHEN (SELECT count(*) FROM ${FIRST_FOUND}) <= ${way.most} THEN count(*)::int END AS total FROM ${MATCHED}`;
  }
  if (way.kind === 'matched') return `SELECT count(*)::int AS total FROM ${MATCHED}`;
  if (way.kind === 'looking') return `SELECT ${READ_LIMIT + 1} AS total`;
  return isKept(conditions) ? keptTotal(conditions) : countedTotal(conditions);
}

/** Whether the total is exact: how many sessions there are of each status is kept. */
export function isExact(way: Way, conditions: Conditions, total: number): boolean {
  if (way.kind === 'matched') return true;
  return total <= READ_LIMIT || (way.kind === 'ranges' && isKept(conditions));
}

/** SQL of which the planner's guess is how many there are. `rooms`: the placeholder of where they are. */
export function guessed(way: Way, conditions: Conditions, rooms: string): string {
  if (way.kind !== 'looking') return `SELECT ${matching(conditions, 'sessions s', rooms)}`;
  const all = conditions.terms.map(({ grams }) => `x.grams @> ${grams}`);
  return `SELECT FROM session_texts x WHERE ${all.join(' AND ')}`;
}

export function countedTotal(conditions: Conditions): string {
  return `SELECT count(*)::int AS total FROM (SELECT ${matching(conditions)} LIMIT ${READ_LIMIT + 1}) first_ones`;
}

function isKept({ where, inRooms, terms }: Conditions): boolean {
  return where.length === 0 && !inRooms && terms.length === 0;
}

function keptTotal({ statuses }: Conditions): string {
  const asked = ALL_STATUSES.filter((status) => statuses.includes(status)).map((status) => `kept.${status}`);
  return `SELECT coalesce(sum(${asked.join(' + ')}), 0)::int AS total FROM session_totals kept`;
}

import type { ListQuery, SessionStatus } from '#libs/contracts';
import { statusesOf } from './conditions';
import { isIndexed, sortOf } from './order';

/** So many sessions are read at most to answer one question, and to count them. */
export const READ_LIMIT = 10_000;

/**
 * How the sessions of a query are found.
 * `ranges`: an index gives the sessions of each status in the order; the statuses are merged.
 * `rooms`: an index gives the sessions of each room and status in the order; the rooms are merged.
 * `matched`: all that match are read, then sorted. `by`: the term that finds the fewest; null: by the other conditions.
 * `most`: only if the term finds no more than that.
 * `looking`: every term is common, so the newest are looked at, `most` of them, one after another, for those that say all.
 */
export type Way =
  | { kind: 'ranges' | 'rooms' }
  | { kind: 'matched'; by: number | null; most?: number }
  | { kind: 'looking'; most: number };

/** The way of a query without terms. */
export function wayWithoutTerms(query: ListQuery): Way {
  const canWalk = !query.ids && statusesOf(query).length > 0;
  if (canWalk && isInRooms(query) && sortOf(query) === 'updated_at') return { kind: 'rooms' };
  if (canWalk && !isInRooms(query) && isIndexed(sortOf(query))) return { kind: 'ranges' };
  return { kind: 'matched', by: null };
}

/** What is open is little: whatever is asked of it, all of it may be read. */
export function isOfOpen(query: ListQuery): boolean {
  return statusesOf(query).every(isOpen);
}

/** The same question of the open sessions alone. */
export function openOf(query: ListQuery): ListQuery {
  return { ...query, status: statusesOf(query).filter((status) => isOpen(status)) };
}

/** The same question of the past sessions alone. */
export function pastOf(query: ListQuery): ListQuery {
  return { ...query, status: statusesOf(query).filter((status) => !isOpen(status)) };
}

function isOpen(status: SessionStatus): boolean {
  return status === 'live' || status === 'scheduled';
}

export function isInRooms(query: ListQuery): boolean {
  return Boolean(query.room_id ?? query.host_id ?? query.library_id ?? query.organization_id);
}

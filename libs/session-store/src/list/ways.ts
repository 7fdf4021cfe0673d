import type { ListQuery } from '#libs/contracts';
import { type Conditions, conditionsOf, statusesOf } from './conditions';
import { isIndexed, sortOf } from './order';
import { Parameters } from './parameters';

/** So many sessions are read at most to answer one question, and to count them. */
export const READ_LIMIT = 10_000;

/**
 * How the sessions of a query are found.
 * `ranges`: an index gives the sessions of each status in the order; the statuses are merged.
 * `rooms`: an index gives the sessions of each room and status in the order; the rooms are merged.
 * `matched`: all that match are read, then sorted. `by`: the term that finds the fewest; null: by the other conditions.
 * `looking`: every term is common, so the newest are looked at, one after another, for those that say all.
 */
export type Way = { kind: 'ranges' | 'rooms' | 'looking' } | { kind: 'matched'; by: number | null };

/** The way of a query without terms. */
export function wayWithoutTerms(query: ListQuery): Way {
  const canWalk = !query.ids && statusesOf(query).length > 0;
  if (canWalk && isInRooms(query) && sortOf(query) === 'updated_at') return { kind: 'rooms' };
  if (canWalk && !isInRooms(query) && isIndexed(sortOf(query))) return { kind: 'ranges' };
  return { kind: 'matched', by: null };
}

/** What is open is little: whatever is asked of it, all of it may be read. */
export function isOfOpen(query: ListQuery): boolean {
  return statusesOf(query).every((status) => status === 'live' || status === 'scheduled');
}

export function isInRooms(query: ListQuery): boolean {
  return Boolean(query.room_id ?? query.host_id ?? query.library_id ?? query.organization_id);
}

/** Asks the database how many sessions there are at most in the rooms of a query, and of each term. */
export async function wayWithTerms(
  query: ListQuery,
  ask: (text: string, values: unknown[]) => Promise<unknown>,
): Promise<Way> {
  if (query.ids || isOfOpen(query)) return { kind: 'matched', by: null };
  const parameters = new Parameters();
  const conditions = conditionsOf(query, parameters);
  const { text } = probeStatement(conditions);
  const [{ rooms, terms }] = (await ask(text, parameters.values)) as [{ rooms: number | null; terms: number[] }];
  if (rooms !== null && rooms <= READ_LIMIT) return { kind: 'matched', by: null };
  const fewest = Math.min(...terms);
  return fewest <= READ_LIMIT ? { kind: 'matched', by: terms.indexOf(fewest) } : { kind: 'looking' };
}

function probeStatement({ named, inRooms, terms }: Conditions): { text: string } {
  const counted = (rows: string) => `(SELECT count(*)::int FROM (${rows} LIMIT ${READ_LIMIT + 1}) some)`;
  const inPlaces = `SELECT FROM sessions s WHERE s.listed AND s.room_id = ANY (ARRAY(SELECT id FROM places))`;
  return {
    text: `WITH ${named.join(', ')} SELECT ${inRooms ? counted(inPlaces) : 'NULL::int'} AS rooms,
      ARRAY[${terms.map(({ found }) => counted(found)).join(', ')}] AS terms`,
  };
}

import type { ListQuery } from '#libs/contracts';
import { gramsOfTerm, searchTerms } from '#libs/session';
import type { Ask } from './bounded-question';
import { conditionsOf } from './conditions';
import { guessedRows } from './guessed-rows';
import { Parameters } from './parameters';
import { termOf } from './search';
import { READ_LIMIT, type Way, isOfOpen } from './ways';

/** Of many words only the longest are tried; all of them are looked for. */
const TRIED = 4;
/** A term of which the planner expects more texts is not counted: the index would be read for all of them. */
const COMMON = 10 * READ_LIMIT;

/**
 * By what the sessions of a query with terms are found: by its rooms or by one of the terms, where that gives few
 * enough to read them all; else they are looked for among those that come first.
 */
export async function wayWithTerms(ask: Ask, query: ListQuery): Promise<Way> {
  if (query.ids) return { kind: 'matched', by: null };
  if (await areFewInPlaces(ask, query)) return { kind: 'matched', by: null };
  const terms = searchTerms(query.q ?? '');
  const longest = [...terms].sort((a, b) => b.length - a.length).slice(0, TRIED);
  let fewest = READ_LIMIT + 1;
  let best: string | undefined;
  for (const term of longest) {
    if (await isCommon(ask, term)) continue;
    const count = await countFound(ask, term);
    if (count < fewest) [fewest, best] = [count, term];
  }
  if (best !== undefined) return { kind: 'matched', by: terms.indexOf(best) };
  return isOfOpen(query) ? { kind: 'matched', by: null } : { kind: 'looking' };
}

async function areFewInPlaces(ask: Ask, query: ListQuery): Promise<boolean> {
  const { page, limit, room_id, host_id, library_id, organization_id } = query;
  const parameters = new Parameters();
  const { named, inRooms } = conditionsOf({ page, limit, room_id, host_id, library_id, organization_id }, parameters);
  if (!inRooms) return false;
  const there = `SELECT FROM sessions s WHERE s.listed AND s.room_id = ANY (ARRAY(SELECT id FROM places))`;
  return (await countFirst(ask, named, there, parameters)) <= READ_LIMIT;
}

async function isCommon(ask: Ask, term: string): Promise<boolean> {
  const text = `SELECT FROM session_texts x WHERE x.grams @> $1::text[]`;
  return (await guessedRows(ask, { text, values: [gramsOfTerm(term)] })) > COMMON;
}

async function countFound(ask: Ask, word: string): Promise<number> {
  const parameters = new Parameters();
  const { named, found } = termOf(word, 'rooms_saying', parameters);
  return countFirst(ask, [named], found, parameters);
}

/** How many rows there are; one more than READ_LIMIT stands for more than are counted. */
async function countFirst(ask: Ask, named: string[], rows: string, { values }: Parameters): Promise<number> {
  const text = `WITH ${named.join(', ')}
    SELECT count(*)::int AS count FROM (${rows} LIMIT ${READ_LIMIT + 1}) first_ones`;
  const [counted] = (await ask(text, values)) as { count: number }[];
  return counted?.count ?? 0;
}

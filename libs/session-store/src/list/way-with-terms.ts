import type { ListQuery } from '#libs/contracts';
import { gramsOfTerm, searchTerms } from '#libs/session';
import type { Ask } from './bounded-question';
import { conditionsOf, textJoin } from './conditions';
import { guessedRows } from './guessed-rows';
import { Order } from './order';
import { LOOKED_AT_FIRST, lookedAt } from './pages';
import { Parameters } from './parameters';
import { termOf } from './search';
import { READ_LIMIT, type Way, isOfOpen } from './ways';

/** Of many words only the longest are tried; all of them are looked for. */
const TRIED = 4;
/** A term of which the planner expects more texts is not counted: the index would be read for all of them. */
const COMMON = 10 * READ_LIMIT;
/** So few are read as they are; other terms are not counted. */
const FEW = 200;
/** So many of the newest sessions are looked at to see which terms are common. */
const SAMPLE = 500;

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
  const common = await commonAmongNewest(ask, query, longest);
  for (const term of longest) {
    if (common.has(term) || (await isCommon(ask, term))) continue;
    const count = await countFound(ask, term);
    if (count < fewest) [fewest, best] = [count, term];
    if (fewest <= FEW) break;
  }
  if (best !== undefined) return { kind: 'matched', by: terms.indexOf(best) };
  return isOfOpen(query) ? { kind: 'matched', by: null } : { kind: 'looking', most: LOOKED_AT_FIRST };
}

/**
 * The terms that many of the newest sessions say. The planner takes the grams of a term for independent, so it expects few
 * texts of a long common word; the index would then be read for all of them.
 */
async function commonAmongNewest(ask: Ask, query: ListQuery, terms: readonly string[]): Promise<Set<string>> {
  if (isOfOpen(query)) return new Set();
  const newest: ListQuery = { ...query, q: undefined, sort: undefined, order: undefined };
  const parameters = new Parameters();
  const conditions = conditionsOf(newest, parameters);
  const order = new Order(newest, 0, parameters);
  const looked = lookedAt(conditions, order, { limit: SAMPLE, offset: 0 }, SAMPLE);
  const said = terms.map((term, at) => termOf(term, `rooms_saying_${at}`, parameters));
  const counts = said.map(({ says }) => `(count(*) FILTER (WHERE ${says}))::int`);
  const text = `WITH ${[...conditions.named, ...said.map(({ named }) => named)].join(', ')}
    SELECT ARRAY[${counts.join(', ')}] AS counts,
      (SELECT coalesce(sum(scheduled + live + ended + expired), 0)::float8 FROM session_totals) AS sessions
    FROM (${looked}) s ${textJoin(said)}`;
  const [row] = (await ask(text, parameters.values)) as { counts: number[]; sessions: number }[];
  const { counts: found = [], sessions = 0 } = row ?? {};
  const isMany = (count = 0) => count >= SAMPLE / 50 && (count / SAMPLE) * sessions > 2 * READ_LIMIT;
  return new Set(terms.filter((_, at) => isMany(found[at])));
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

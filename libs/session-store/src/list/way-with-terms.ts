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

/** The words of a question that may find few sessions, the longest first. */
export interface Candidates {
  terms: string[];
  /** How many sessions there are; Infinity: not known. */
  sessions: number;
}

/** Null: the sessions of a query are found by its ids, or are few in its rooms. */
export async function candidatesOf(ask: Ask, query: ListQuery): Promise<Candidates | null> {
  if (query.ids || (await areFewInPlaces(ask, query))) return null;
  const longest = [...searchTerms(query.q ?? '')].sort((a, b) => b.length - a.length).slice(0, TRIED);
  if (isOfOpen(query)) return { terms: longest, sessions: Infinity };
  const { common, sessions } = await lookAtNewest(ask, query, longest);
  return { terms: longest.filter((term) => !common.has(term)), sessions };
}

/**
 * The way by the first candidate, if that finds few: most words do, and then their sessions are listed without counting
 * them before. Null: no candidate, or one of which the planner expects too many.
 */
export async function wayByFew(ask: Ask, query: ListQuery, candidates: Candidates): Promise<Way | null> {
  const [term] = candidates.terms;
  if (term === undefined || (await isCommon(ask, term, candidates))) return null;
  return { kind: 'matched', by: searchTerms(query.q ?? '').indexOf(term), most: FEW };
}

/**
 * By what the sessions of a query with terms are found: by its rooms or by one of the terms, where that gives few
 * enough to read them all; else they are looked for among those that come first.
 */
export async function wayWithTerms(ask: Ask, query: ListQuery, candidates: Candidates | null): Promise<Way> {
  if (candidates === null) return { kind: 'matched', by: null };
  const terms = searchTerms(query.q ?? '');
  let fewest = READ_LIMIT + 1;
  let best: string | undefined;
  for (const term of candidates.terms) {
    if (await isCommon(ask, term, candidates)) continue;
    const count = await countFound(ask, term);
    if (count < fewest) [fewest, best] = [count, term];
    if (fewest <= FEW) break;
  }
  if (best !== undefined) return { kind: 'matched', by: terms.indexOf(best) };
  return isOfOpen(query) ? { kind: 'matched', by: null } : { kind: 'looking', most: LOOKED_AT_FIRST };
}

/**
 * Which terms many of the newest sessions say, and how many sessions there are. The planner takes the grams of a term for independent, so it expects few
 * texts of a long common word; the index would then be read for all of them.
 */
async function lookAtNewest(
  ask: Ask,
  query: ListQuery,
  terms: readonly string[],
): Promise<{ common: Set<string>; sessions: number }> {
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
  return { common: new Set(terms.filter((_, at) => isMany(found[at]))), sessions };
}

async function areFewInPlaces(ask: Ask, query: ListQuery): Promise<boolean> {
  const { page, limit, room_id, host_id, library_id, organization_id } = query;
  const parameters = new Parameters();
  const { named, inRooms } = conditionsOf({ page, limit, room_id, host_id, library_id, organization_id }, parameters);
  if (!inRooms) return false;
  const there = `SELECT FROM sessions s WHERE s.listed AND s.room_id = ANY (ARRAY(SELECT id FROM places))`;
  return (await countFirst(ask, named, there, parameters)) <= READ_LIMIT;
}

/** No word is said by more sessions than there are: where those are not many, the planner is not asked. */
async function isCommon(ask: Ask, term: string, { sessions }: Candidates): Promise<boolean> {
  if (sessions <= COMMON) return false;
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

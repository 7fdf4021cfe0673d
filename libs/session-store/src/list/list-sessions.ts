import type { ListQuery } from '#libs/contracts';
import type { Presentable } from '#libs/session';
import { type CountColumns, type SessionColumns, storedCounts, storedSession } from '../stored-rows';
import type { Ask } from './bounded-question';
import { guessedRows } from './guessed-rows';
import {
  type ListStatement,
  type Part,
  ROW,
  freezeStatement,
  guessStatement,
  listStatement,
  moreToLookAtStatement,
  placesStatement,
  watchedStatement,
} from './list-statement';
import { type After, sortOf } from './order';
import { LOOKED_AT } from './pages';
import { JOINS } from './shown-sql';
import { whatHelps } from './support';
import { TooExpensive } from './too-expensive';
import { type Candidates, candidatesOf, wayByFew, wayWithTerms } from './way-with-terms';
import { READ_LIMIT, type Way, isInRooms, isOfOpen, openOf, pastOf, wayWithoutTerms } from './ways';
import { statusesOf } from './conditions';

export type { Part } from './list-statement';

/** A part of a list. */
export interface ListedPage {
  rows: Presentable[];
  /** How many there are in all, at the same moment. */
  total: number;
  /** False: there are many, and `total` is an estimate. */
  totalExact: boolean;
}

type Row = SessionColumns &
  CountColumns & {
    room: object | null;
    host_id: string | null;
    host: object | null;
    preset: object | null;
    active: string | null;
  };

type Listed = Row & { id: string | null };

/** A part of a query's sessions. `now` in epoch ms. Throws TooExpensive for what no index finds. */
export async function listSessions(
  ask: Ask,
  query: ListQuery,
  now: number,
  part: Part = { page: query.page },
): Promise<ListedPage> {
  const candidates = query.q === undefined ? null : await candidatesOf(ask, query);
  const few = candidates && (await wayByFew(ask, query, candidates));
  const found = few && (await askForFew(ask, listStatement(query, now, part, few)));
  if (found) return found;
  const way = await wayOf(ask, query, candidates);
  if (mayBeWatchedOnly(query, way) && 'page' in part) {
    const page = await askForPage(ask, query, now, watchedStatement(query, now, part.page), way);
    if (page.rows.length === query.limit) return page;
  }
  const page = await askForPage(ask, query, now, listStatement(query, now, part, way), way);
  if (way.kind !== 'looking' || 'among' in part || page.rows.length === query.limit) return page;
  const further = { ...way, most: LOOKED_AT };
  const all = await askForPage(ask, query, now, listStatement(query, now, part, further), further);
  if (all.rows.length < query.limit) {
    await checkThatAllWereLookedAt(ask, query, now, 'after' in part ? part.after : undefined);
  }
  return all;
}

/** A question's lists at one moment: ids in their order, 16 bytes each. */
export interface FrozenLists {
  /** Of those that are open. */
  open: Buffer;
  /** Of the first of those that are past. */
  past: Buffer;
  /** The last of `past` where there may be more behind it; null: `past` has them all. */
  rest: After | null;
}

/** The most that a walk freezes, in sessions; past ones behind them go by their key. */
export const FROZEN = { open: 1_000_000, past: READ_LIMIT };

/**
 * The open and the past sessions of a query in its order, both of one moment, at most as many as `most` says; from behind
 * `after` on where it is given. Throws TooExpensive for what no index finds.
 */
export async function freezeSessions(
  ask: Ask,
  query: ListQuery,
  now: number,
  most: { open: number; past: number },
  after?: After,
): Promise<FrozenLists> {
  const [open, past] = [openOf(query), pastOf(query)];
  const parts = [
    { query: open, way: await frozenWay(ask, open), limit: most.open },
    { query: past, way: await frozenWay(ask, past), limit: most.past },
  ];
  const { text, values } = freezeStatement(parts, now, after);
  const [found] = (await ask(text, values)) as [FrozenRow];
  const { ids0, ids1, key1, last1 } = found;
  const nothing = Buffer.alloc(0);
  const isFull = ids1 !== null && last1 !== null && ids1.length === most.past * ID_BYTES;
  const rest = isFull ? { key: key1 === null ? null : Number(key1), id: last1 } : null;
  return { open: ids0 ?? nothing, past: ids1 ?? nothing, rest };
}

const ID_BYTES = 16;
/** Of a list that is empty. */
const NO_WAY: Way = { kind: 'matched', by: null };

interface FrozenRow {
  ids0: Buffer | null;
  ids1: Buffer | null;
  key1: string | null;
  last1: string | null;
}

async function frozenWay(ask: Ask, query: ListQuery): Promise<Way> {
  if (statusesOf(query).length === 0) return NO_WAY;
  const way = await wayOf(ask, query, query.q === undefined ? null : await candidatesOf(ask, query));
  if (way.kind === 'looking') throw new TooExpensive(whatHelps(query));
  return way;
}

export async function findSession(ask: Ask, id: string): Promise<Presentable | undefined> {
  const [found] = (await ask(`SELECT ${ROW} FROM sessions s ${JOINS} WHERE s.id = $1 AND s.listed`, [id])) as Row[];
  return found && presentable(found);
}

async function wayOf(ask: Ask, query: ListQuery, candidates: Candidates | null): Promise<Way> {
  if (query.q === undefined) return wayWithoutTerms(query);
  const way = await wayWithTerms(ask, query, candidates);
  if (way.kind === 'looking' && !canLook(query)) throw new TooExpensive(whatHelps(query));
  return way;
}

/** Sessions are looked at in an order that an index gives, and in which all have a place. */
function canLook(query: ListQuery): boolean {
  const sort = sortOf(query);
  return sort === 'updated_at' || (sort === 'created_at' && !isInRooms(query));
}

/** The watched come first, and are live: where they fill the page nobody else is on it. */
function mayBeWatchedOnly(query: ListQuery, way: Way): boolean {
  const isByCount = query.sort === 'viewer_count' && query.order !== 'asc';
  return isByCount && way.kind === 'matched' && way.by === null && !query.ids && !isOfOpen(query);
}

/** Null: the term finds more than it may. */
async function askForFew(ask: Ask, { text, values }: ListStatement): Promise<ListedPage | null> {
  const found = (await ask(text, values)) as (Listed & { total: number | null })[];
  const total = found[0]?.total ?? null;
  return total === null ? null : { rows: rowsOf(found), total, totalExact: true };
}

async function askForPage(
  ask: Ask,
  query: ListQuery,
  now: number,
  { text, values, isExact }: ListStatement,
  way: Way,
): Promise<ListedPage> {
  const found = (await ask(text, values)) as (Listed & { total: number })[];
  const rows = rowsOf(found);
  const total = found[0]?.total ?? 0;
  if (isExact(total)) return { rows, total, totalExact: true };
  return { rows, total: Math.max(total, await guessTotal(ask, query, now, way)), totalExact: false };
}

/** How many the planner expects in all. */
async function guessTotal(ask: Ask, query: ListQuery, now: number, way: Way): Promise<number> {
  const places = placesStatement(query, now);
  const rooms = places ? ((await ask(places.text, places.values)) as { id: string }[]).map(({ id }) => id) : [];
  return guessedRows(ask, guessStatement(query, now, way, rooms));
}

/** A page that is not full is the last one only if nothing was left unread. */
async function checkThatAllWereLookedAt(ask: Ask, query: ListQuery, now: number, after?: After): Promise<void> {
  const { text, values } = moreToLookAtStatement(query, now, after);
  const [left] = (await ask(text, values)) as { more: boolean }[];
  if (left?.more) throw new TooExpensive(whatHelps(query));
}

/** Where there is nothing on the page, one row has the total alone. */
function rowsOf(found: readonly Listed[]): Presentable[] {
  return found.filter(({ id }) => id !== null).map(presentable);
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

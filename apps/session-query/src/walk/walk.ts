import type { ListQuery } from '#libs/contracts';
import { wrongParameter } from '#libs/service-host';
import type { Presentable } from '#libs/session';
import { type Cursor, decodeCursor, markOf } from './cursor';
import { type Freezes, countOf, packIds, unpackIds } from './freezes';
import { DEFAULT_SORT, type OrderKey } from './order-key';

/** Rows, and how many there are in all at the same moment. */
export interface Rows {
  rows: Presentable[];
  total: number;
  /** False: there are many, and `total` is an estimate. */
  totalExact: boolean;
}

/** The sessions that a query asks for, in its order. */
export interface ListSource {
  readonly query: ListQuery;
  /** The page that the query names. */
  page(): Promise<Rows>;
  /** The first `limit` of those that come after a place in the order. */
  after(after: OrderKey, limit: number): Promise<Rows>;
  /** Which of these ids are asked for, in any order. */
  among(ids: readonly string[]): Promise<Rows>;
  /** The ids of the first `limit` in their order, 16 bytes each; behind a place where one is given. */
  order(limit: number, after?: OrderKey): Promise<Buffer>;
  keyOf(row: Presentable): OrderKey;
}

export interface WalkedPage extends Rows {
  page: number;
  /** Where the next page is; null on the last. */
  next: Cursor | null;
}

const CHUNK = 100;
/** The longest order that is frozen, in sessions; a longer walk freezes the rest when it gets there. */
const LONGEST_ORDER = 200_000;

/** Reads the cursor of a question, or refuses it. */
export function readCursor(text: string, question: string): Cursor {
  const cursor = decodeCursor(text);
  if (cursor?.question === question) return cursor;
  throw wrongParameter('cursor', 'must be the next_cursor of an answer to the same question');
}

/** The page that a query names, and where to walk on from it. */
export async function firstPage(source: ListSource, question: string): Promise<WalkedPage> {
  const { rows, total, totalExact } = await source.page();
  const { page, limit } = source.query;
  const last = rows.at(-1);
  const isLast = !last || rows.length < limit || (totalExact && (page - 1) * limit + rows.length >= total);
  const at = isKeyed(source.query)
    ? ({ kind: 'keyed' } as const)
    : ({ kind: 'first', given: rows.map(({ session }) => markOf(session.id)) } as const);
  return {
    rows,
    total,
    totalExact,
    page,
    next: isLast ? null : { question, page: page + 1, after: source.keyOf(last), at },
  };
}

/**
 * The page at a cursor. What never moves is walked by its key; else the order is frozen at the second page, without
 * what was given on the first, and kept: however keys move, nothing is given twice, and nothing is missed that was
 * there all along.
 */
export async function pageAt(source: ListSource, cursor: Cursor, freezes: Freezes, now: number): Promise<WalkedPage> {
  if (cursor.at.kind === 'keyed' && isKeyed(source.query)) return keyedPage(source, cursor);
  const { name, ids, offset } = await frozenOrder(source, cursor, freezes, now);
  const taken = await take(source, ids, offset);
  const last = taken.rows.at(-1);
  const at = placeAfter(name, taken.offset, countOf(ids), cursor);
  const after = last ? source.keyOf(last) : cursor.after;
  const { rows, total, totalExact } = taken;
  return { rows, total, totalExact, page: cursor.page, next: at && { ...cursor, page: cursor.page + 1, after, at } };
}

function placeAfter(freeze: string, offset: number, count: number, { at }: Cursor): Cursor['at'] | null {
  if (offset < count) return { kind: 'frozen', freeze, offset };
  const given = at.kind === 'first' ? at.given.length : 0;
  return count + given < LONGEST_ORDER ? null : { kind: 'first', given: [] };
}

/** Only the time of creation never moves. */
function isKeyed(query: ListQuery): boolean {
  return (query.sort ?? DEFAULT_SORT) === 'created_at';
}

async function keyedPage(source: ListSource, cursor: Cursor): Promise<WalkedPage> {
  const { limit } = source.query;
  const { rows, total, totalExact } = await source.after(cursor.after, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = last !== undefined && rows.length > shown.length;
  const next = hasMore ? { ...cursor, page: cursor.page + 1, after: source.keyOf(last) } : null;
  return { rows: shown, total, totalExact, page: cursor.page, next };
}

async function frozenOrder(source: ListSource, cursor: Cursor, freezes: Freezes, now: number) {
  const { at, page, after } = cursor;
  if (at.kind === 'frozen') {
    const ids = freezes.use(at.freeze, now);
    if (ids) return { name: at.freeze, ids, offset: at.offset };
  }
  // A walk that began at the first page lacks only what that gave; any other one goes on behind its last session.
  const isSecond = at.kind === 'first' && page === 2;
  const ids = without(
    await source.order(LONGEST_ORDER, isSecond ? undefined : after),
    at.kind === 'first' ? at.given : [],
  );
  return { name: freezes.keep(ids, now), ids, offset: 0 };
}

function without(ids: Buffer, marks: readonly string[]): Buffer {
  if (marks.length === 0) return ids;
  const given = new Set(marks);
  return packIds(unpackIds(ids, 0, countOf(ids)).filter((id) => !given.has(markOf(id))));
}

/** The next rows of a frozen order that are still asked for; ids that are not are passed over. */
async function take(source: ListSource, frozen: Buffer, from: number): Promise<Rows & { offset: number }> {
  const { limit } = source.query;
  const rows: Presentable[] = [];
  let offset = from;
  for (;;) {
    const ids = unpackIds(frozen, offset, Math.max(CHUNK, limit));
    const found = await source.among(ids);
    const byId = new Map(found.rows.map((row) => [row.session.id, row]));
    for (const id of ids) {
      if (rows.length === limit) return { ...found, rows, offset };
      offset += 1;
      const row = byId.get(id);
      if (row) rows.push(row);
    }
    if (offset >= countOf(frozen)) return { ...found, rows, offset };
  }
}

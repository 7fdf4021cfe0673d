import { createHash, randomBytes } from 'node:crypto';
import type { ListQuery } from '#libs/contracts';
import { Refusal, wrongParameter } from '#libs/service-host';
import type { ListedPage } from '#libs/session-store';
import { type Cursor, decodeCursor } from './cursor';
import { frozenPage } from './frozen-page';
import type { FrozenOrders } from './frozen-orders';
import type { ListSource } from './list-source';
import { DEFAULT_SORT, type OrderKey } from './order-key';

export interface WalkedPage extends ListedPage {
  page: number;
  /** Where the next page is; null on the last. */
  next: Cursor | null;
}

const WALK_BYTES = 8;

type FirstPosition = Extract<Cursor['at'], { kind: 'first' }>;

/** Reads the cursor of a question, or refuses it. */
export function readCursor(text: string, question: string): Cursor {
  const cursor = decodeCursor(text);
  if (cursor?.question === question) return cursor;
  throw foreignCursor();
}

function foreignCursor(): Refusal {
  return wrongParameter(
    'cursor',
    'must be the next_cursor of an answer to the same question, asked with the same rights',
  );
}

/** The page that a query names, and where to walk on from it. */
export async function firstPage(source: ListSource, question: string): Promise<WalkedPage> {
  const { rows, total, totalExact } = await source.page();
  const { page, limit } = source.query;
  const last = rows.at(-1);
  const isLast = !last || rows.length < limit || (totalExact && (page - 1) * limit + rows.length >= total);
  if (isLast) return { rows, total, totalExact, page, next: null };
  const after = source.keyOf(last);
  const at: Cursor['at'] = isKeyed(source.query)
    ? { kind: 'keyed', after }
    : { kind: 'first', walk: nameOfWalk(), after, given: rows.map(({ session }) => session.id) };
  return { rows, total, totalExact, page, next: { question, page: page + 1, at } };
}

/**
 * The page at a cursor. What never moves is walked by its key. Any other order is frozen when the second page is asked
 * for, without what the first one gave: however sessions move, nothing is given twice, and nothing is missed that was
 * there from the first page to the last. `asker`: who answers for what is kept.
 */
export async function pageAt(
  source: ListSource,
  cursor: Cursor,
  orders: FrozenOrders,
  asker: string,
): Promise<WalkedPage> {
  const { question, page, at } = cursor;
  if ((at.kind === 'keyed') !== isKeyed(source.query)) throw wrongParameter('cursor', 'is of another order');
  if (at.kind === 'keyed') return keyedPage(source, cursor, at.after);
  const walk = at.kind === 'frozen' ? at.walk : nameOfOrder(cursor, at);
  const name = `${question}.${walk}`;
  const nonce = at.kind === 'frozen' ? at.nonce : await begin(source, cursor, at, name, orders, asker);
  const from = at.kind === 'frozen' ? at.position : { open: 0, past: 0 };
  const { next: position, ...rows } = await frozenPage(source, from, async (wanted) => {
    const read = await orders.read(name, nonce, wanted);
    if (!read) {
      throw new Refusal(410, 'cursor_expired', 'this walk was not continued for too long; begin again without cursor');
    }
    // Nobody was given a position behind an order that has all.
    if (typeof from.past !== 'number' && read.rest === null) throw foreignCursor();
    return read;
  });
  const next: Cursor['at'] | null = position && { kind: 'frozen', walk, nonce, position };
  return { ...rows, page, next: next && { question, page: page + 1, at: next } };
}

/** A walk that began at the first page lacks only what that gave; any other one goes on behind its last session. */
function begin(
  source: ListSource,
  { page }: Cursor,
  { after, given }: FirstPosition,
  name: string,
  orders: FrozenOrders,
  asker: string,
): Promise<string> {
  return orders.begin(name, asker, given, () => source.freeze(page === 2 ? undefined : after));
}

/** Only the time of creation does not move. */
function isKeyed(query: ListQuery): boolean {
  return (query.sort ?? DEFAULT_SORT) === 'created_at';
}

/**
 * The name of the order that a first page leads to. All that the cursor says is in it: who edits a cursor gets another
 * order, and not in the place of the one that others who were given the same page walk.
 */
function nameOfOrder({ page }: Cursor, { walk, after, given }: FirstPosition): string {
  const said = JSON.stringify([walk, page, after.key, after.id, given]);
  return createHash('sha256').update(said).digest().subarray(0, WALK_BYTES).toString('base64url');
}

/** Another one for each answer that was made: who has it by way of a cache has the answer of that moment. */
function nameOfWalk(): string {
  return randomBytes(WALK_BYTES).toString('base64url');
}

async function keyedPage(source: ListSource, { question, page }: Cursor, after: OrderKey): Promise<WalkedPage> {
  const { limit } = source.query;
  const { rows, total, totalExact } = await source.after(after, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = last !== undefined && rows.length > shown.length;
  const at: Cursor['at'] | null = hasMore ? { kind: 'keyed', after: source.keyOf(last) } : null;
  return { rows: shown, total, totalExact, page, next: at && { question, page: page + 1, at } };
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readOpaque, writeOpaque } from './opaque';
import type { OrderKey } from './order-key';

/** Where a walk is; what a client gets of it is opaque. */
export interface Cursor {
  /** The name of the question that is walked; a cursor of another one is refused. */
  question: string;
  /** The number of the page that it leads to. */
  page: number;
  /** The last session given. */
  after: OrderKey;
  /**
   * `first`: marks of all sessions given so far, so that the order can be frozen without them. `frozen`: the place in
   * an order that this process has frozen. `keyed`: the key never changes, it is enough to go on after it.
   */
  at: { kind: 'first'; given: string[] } | { kind: 'frozen'; freeze: string; offset: number } | { kind: 'keyed' };
}

/** A short mark of a session: two of a list have the same one with a chance of less than one in 10^9. */
export function markOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 11);
}

/** The name of a question: equal for equal parameters, whatever their order. `page`, `limit` and `cursor` are no part. */
export function questionName(parameters: Record<string, unknown>): string {
  const { page: _page, limit: _limit, cursor: _cursor, ...rest } = parameters;
  const canonical = JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(canonical).digest('base64url').slice(0, 12);
}

const stored = z.tuple([
  z.string(),
  z.int().min(2),
  z.number().nullable(),
  z.guid(),
  z.union([z.literal(0), z.string().regex(/^(?:[\w-]{11})*$/), z.tuple([z.string().max(36), z.int().nonnegative()])]),
]);

export function encodeCursor({ question, page, after, at }: Cursor): string {
  const place = at.kind === 'keyed' ? 0 : at.kind === 'first' ? at.given.join('') : [at.freeze, at.offset];
  return writeOpaque([question, page, after.key, after.id, place]);
}

/** undefined: it is none of ours. */
export function decodeCursor(text: string): Cursor | undefined {
  const read = readOpaque(stored, text);
  if (!read) return undefined;
  const [question, page, key, id, place] = read;
  return { question, page, after: { key, id }, at: placeOf(place) };
}

function placeOf(place: z.output<typeof stored>[4]): Cursor['at'] {
  if (place === 0) return { kind: 'keyed' };
  if (typeof place === 'string') return { kind: 'first', given: place.match(/.{11}/g) ?? [] };
  return { kind: 'frozen', freeze: place[0], offset: place[1] };
}

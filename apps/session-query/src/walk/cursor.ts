import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readOpaque, writeOpaque } from './opaque';
import type { OrderKey } from './order-key';
import { packIds, unpackIds } from './packed-order';

/** Where a walk is; a client gets it as opaque text. */
export interface Cursor {
  /** The name of the question that is walked; a cursor of another question or audience is refused. */
  question: string;
  /** The number of the page that it leads to. */
  page: number;
  at: WalkPosition;
}

/**
 * `keyed`: the key never changes, so the walk goes on behind the last session given.
 * `first`: one page was given, and the order is not frozen yet. `walk` names that answer.
 * `frozen`: a position in a frozen order. `walk` names the order. `nonce`: of the order itself, so that no other one is taken for it.
 */
export type WalkPosition =
  | { kind: 'keyed'; after: OrderKey }
  | { kind: 'first'; walk: string; after: OrderKey; given: string[] }
  | { kind: 'frozen'; walk: string; nonce: string; position: FrozenPosition };

/** How much of a frozen order is given. */
export interface FrozenPosition {
  /** How many of the open sessions. */
  open: number;
  /** How many of the frozen past ones; or the last one given of those behind them. */
  past: number | OrderKey;
}

/** Another format than that of an earlier version, whose cursors are refused. */
const FORMAT = 2;
/** The years 1 to 9999: a time outside of them is no key of a session, and Postgres would not read it. */
const LEAST_KEY = Date.parse('0001-01-01T00:00:00Z');
const MOST_KEY = Date.parse('9999-12-31T23:59:59.999Z');
const MOST_NUMBER = 2 ** 31 - 1;
/** Of 100 ids in base64url. */
const MOST_GIVEN_LENGTH = 2134;

/**
 * The name of a question: equal for equal parameters, whatever their order, of the same list for the same audience.
 * `page`, `limit` and `cursor` are no part of it.
 */
export function questionName(list: string, audience: object, parameters: Record<string, unknown>): string {
  const { page: _page, limit: _limit, cursor: _cursor, ...rest } = parameters;
  const canonical = JSON.stringify([list, sorted({ ...audience }), sorted(rest)]);
  return createHash('sha256').update(canonical).digest('base64url').slice(0, 22);
}

const key = z.int().min(LEAST_KEY).max(MOST_KEY).nullable();
const orderKey = z.tuple([key, z.guid()]);
const name = z.string().regex(/^[\w-]{11}$/);
const amount = z.int().min(0).max(MOST_NUMBER);

const stored = z.tuple([
  z.literal(FORMAT),
  z.string(),
  z.int().min(2).max(MOST_NUMBER),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('keyed'), after: orderKey }),
    z.strictObject({
      kind: z.literal('first'),
      walk: name,
      after: orderKey,
      given: z.string().max(MOST_GIVEN_LENGTH),
    }),
    z.strictObject({
      kind: z.literal('frozen'),
      walk: name,
      nonce: name,
      open: amount,
      past: z.union([amount, orderKey]),
    }),
  ]),
]);

type Stored = z.output<typeof stored>;

export function encodeCursor({ question, page, at }: Cursor): string {
  return writeOpaque([FORMAT, question, page, storedPosition(at)] satisfies Stored);
}

/** undefined: it is none of ours, or of an earlier version. */
export function decodeCursor(text: string): Cursor | undefined {
  const read = readOpaque(stored, text);
  if (!read) return undefined;
  const [, question, page, at] = read;
  return { question, page, at: positionOf(at) };
}

function storedPosition(at: WalkPosition): Stored[3] {
  if (at.kind === 'keyed') return { kind: 'keyed', after: storedKey(at.after) };
  if (at.kind === 'first') return { ...at, after: storedKey(at.after), given: packIds(at.given).toString('base64url') };
  const { open, past } = at.position;
  return {
    kind: 'frozen',
    walk: at.walk,
    nonce: at.nonce,
    open,
    past: typeof past === 'number' ? past : storedKey(past),
  };
}

function positionOf(at: Stored[3]): WalkPosition {
  if (at.kind === 'keyed') return { kind: 'keyed', after: keyOf(at.after) };
  if (at.kind === 'first')
    return { ...at, after: keyOf(at.after), given: unpackIds(Buffer.from(at.given, 'base64url')) };
  const { kind, walk, nonce, open, past } = at;
  return { kind, walk, nonce, position: { open, past: typeof past === 'number' ? past : keyOf(past) } };
}

function storedKey({ key, id }: OrderKey): [number | null, string] {
  return [key, id];
}

function keyOf([key, id]: [number | null, string]): OrderKey {
  return { key, id };
}

function sorted(parameters: Record<string, unknown>): [string, unknown][] {
  return Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
}

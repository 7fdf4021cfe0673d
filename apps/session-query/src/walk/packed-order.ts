import type { FrozenLists } from '#libs/session-store';
import type { OrderKey } from './order-key';

const ID_BYTES = 16;
/** Where a packed order has what; numbers are big endian. The scripts in order-scripts.ts read the same places. */
const HEAD = { nonce: 0, owner: 8, charge: 24, open: 28, past: 32, all: 36, rest: 40, hasKey: 41, key: 48, id: 56 };
export const HEAD_BYTES = 72;

/** The head of a packed order: what is in it, and the last of its past where there is more behind. */
export interface OrderHead {
  nonce: string;
  openCount: number;
  pastCount: number;
  rest: OrderKey | null;
}

/** Who made an order and what it counts as; `nonce` of 8 bytes, `owner` of 16. */
export interface OrderOwner {
  nonce: Buffer;
  owner: Buffer;
  chargeOf: (bytes: number) => number;
}

/**
 * An order as Redis keeps it: the head, the open and the past ids without `given`, what the page before gave. Where there
 * is more past than is in it: `given` as well, and the numbers of all ids sorted by id, so that an id can be looked up.
 */
export function packOrder(
  lists: FrozenLists,
  given: readonly string[],
  { nonce, owner, chargeOf }: OrderOwner,
): Buffer {
  const { rest } = lists;
  const left = given.map((id) => packIds([id]));
  const [open, past] = [without(lists.open, left), without(lists.past, left)];
  const ids = Buffer.concat([open, past, ...(rest ? [packIds(given)] : [])]);
  const sorted = rest ? sortedNumbers(ids) : Buffer.alloc(0);
  const packed = Buffer.concat([Buffer.alloc(HEAD_BYTES), ids, sorted]);
  nonce.copy(packed, HEAD.nonce);
  owner.copy(packed, HEAD.owner);
  packed.writeUInt32BE(chargeOf(packed.length), HEAD.charge);
  packed.writeUInt32BE(countOf(open), HEAD.open);
  packed.writeUInt32BE(countOf(past), HEAD.past);
  packed.writeUInt32BE(countOf(ids), HEAD.all);
  if (rest) {
    packed.writeUInt8(1, HEAD.rest);
    packed.writeUInt8(rest.key === null ? 0 : 1, HEAD.hasKey);
    packed.writeDoubleBE(rest.key ?? 0, HEAD.key);
    packIds([rest.id]).copy(packed, HEAD.id);
  }
  return packed;
}

export function readHead(packed: Buffer): OrderHead {
  const hasKey = packed.readUInt8(HEAD.hasKey) === 1;
  const [id = ''] = unpackIds(packed.subarray(HEAD.id, HEAD.id + ID_BYTES));
  return {
    nonce: packed.subarray(HEAD.nonce, HEAD.owner).toString('base64url'),
    openCount: packed.readUInt32BE(HEAD.open),
    pastCount: packed.readUInt32BE(HEAD.past),
    rest: packed.readUInt8(HEAD.rest) === 1 ? { key: hasKey ? packed.readDoubleBE(HEAD.key) : null, id } : null,
  };
}

export function packIds(ids: readonly string[]): Buffer {
  return Buffer.from(ids.join('').replaceAll('-', ''), 'hex');
}

export function unpackIds(packed: Buffer): string[] {
  const hex = packed.toString('hex');
  return (hex.match(/.{32}/g) ?? []).map((id) => id.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'));
}

export function countOf(packed: Buffer): number {
  return packed.length / ID_BYTES;
}

function without(ids: Buffer, left: readonly Buffer[]): Buffer {
  if (left.length === 0) return ids;
  const parts: Buffer[] = [];
  let from = 0;
  for (const at of left.map((id) => placeOf(id, ids)).sort((a, b) => a - b)) {
    if (at === -1) continue;
    parts.push(ids.subarray(from, at));
    from = at + ID_BYTES;
  }
  return Buffer.concat([...parts, ids.subarray(from)]);
}

/** Where an id begins, in bytes; -1: it is not there. */
function placeOf(id: Buffer, ids: Buffer): number {
  let at = ids.indexOf(id);
  // Bytes of two neighbours may look like it.
  while (at !== -1 && at % ID_BYTES !== 0) at = ids.indexOf(id, at + 1);
  return at;
}

function sortedNumbers(ids: Buffer): Buffer {
  const count = countOf(ids);
  const at = (n: number) => ids.subarray(n * ID_BYTES, (n + 1) * ID_BYTES);
  // Their beginnings as numbers decide nearly always, and fast.
  const begins = Float64Array.from({ length: count }, (_, n) => ids.readUIntBE(n * ID_BYTES, 6));
  const beginOf = (n: number) => begins[n] ?? 0;
  const numbers = Uint32Array.from({ length: count }, (_, n) => n);
  numbers.sort((a, b) => beginOf(a) - beginOf(b) || at(a).compare(at(b)));
  const sorted = Buffer.alloc(count * 4);
  numbers.forEach((number, n) => sorted.writeUInt32BE(number, n * 4));
  return sorted;
}

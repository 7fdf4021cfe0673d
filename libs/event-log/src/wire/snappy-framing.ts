import { MalformedBytes } from './byte-reader';

/** The header of snappy-java's streams: magic, version, compatible version. */
const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const HEADER_BYTES = 16;

/** The blocks of a Snappy stream as Java clients frame it, each after its length; anything else is one raw block. */
export function snappyBlocks(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return [bytes];
  const blocks: Buffer[] = [];
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : Infinity;
    if (length > bytes.length - at - 4) throw new MalformedBytes('a Snappy block is longer than its stream');
    blocks.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return blocks;
}

/** How long a raw Snappy block says it is uncompressed: its first varint. */
export function snappyLength(block: Buffer): number {
  let length = 0;
  for (let index = 0; index < 5; index++) {
    const byte = block[index];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new MalformedBytes('a Snappy block without a length');
}

import { MalformedBytes } from './byte-reader';

const MAGIC = 0x184d2204;
const BLOCK_MAX_BYTES: Record<number, number> = { 4: 65_536, 5: 262_144, 6: 1_048_576, 7: 4_194_304 };
const UNCOMPRESSED = 0x8000_0000;
/** LZ4 makes of one byte no more than so many. */
const MAX_RATIO = 255;

/**
 * The most that an LZ4 frame can be uncompressed, from its block headers alone. The frame format is described at
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md.
 */
export function lz4Bound(frame: Buffer): number {
  if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC) throw new MalformedBytes('not an LZ4 frame');
  const flags = frame.readUInt8(4);
  const blockMax = BLOCK_MAX_BYTES[(frame.readUInt8(5) >> 4) & 7];
  if (blockMax === undefined) throw new MalformedBytes('an LZ4 frame of unknown block size');
  const [hasBlockChecksum, hasSize, hasDictionary] = [flags & 0x10, flags & 0x08, flags & 0x01].map((bit) => bit !== 0);
  let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  for (let bound = 0; ;) {
    if (at + 4 > frame.length) throw new MalformedBytes('an LZ4 frame without an end');
    const head = frame.readUInt32LE(at);
    if (head === 0) return bound;
    const bytes = head % UNCOMPRESSED;
    bound += head >= UNCOMPRESSED ? bytes : Math.min(blockMax, bytes * MAX_RATIO);
    at += 4 + bytes + (hasBlockChecksum ? 4 : 0);
  }
}

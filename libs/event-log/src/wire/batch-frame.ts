import { crc32, crc32c } from '@node-rs/crc32';
import { ByteReader } from './byte-reader';

/** The batch's own offset and length come before what is checked. */
const PREFIX_BYTES = 12;
const MAGIC_AT = 16;
const CHECKED_FROM = 21;
/** What every format has: offset, length, 4 bytes that differ, magic. */
const LEAST_BYTES = MAGIC_AT + 1;
export const HEADER_BYTES = 61;
export const MAGIC = 2;

/** What a batch says of itself: https://kafka.apache.org/documentation/#recordbatch */
export interface BatchHeader {
  /** Not covered by the checksum. */
  baseOffset: bigint;
  /** Of the last record that the batch had when it was appended; compaction may have removed it. */
  lastOffset: bigint;
  attributes: number;
  /** Epoch ms. */
  firstTimestamp: number;
  maxTimestamp: number;
  producerId: string;
  count: number;
}

/** How far a batch reaches in the bytes, before anything in it is believed. */
export type Frame =
  /** `checked`: the checksum is right, so all but the base offset is as the broker wrote it. */
  | { kind: 'checked'; bytes: Buffer; header: BatchHeader }
  /** A message of the format before Kafka 0.11 under a right checksum. */
  | { kind: 'legacy'; bytes: Buffer; magic: number; lastOffset: bigint }
  | { kind: 'damaged'; bytes: Buffer; why: string }
  /** The bytes end before it does; or its length is damaged. */
  | { kind: 'cut'; bytes: Buffer };

/** The batch that begins at `at`. */
export function frameAt(set: Buffer, at: number): Frame {
  const rest = set.subarray(at);
  if (rest.length < PREFIX_BYTES) return { kind: 'cut', bytes: rest };
  const length = rest.readInt32BE(8);
  if (length > rest.length - PREFIX_BYTES) return { kind: 'cut', bytes: rest };
  if (length < LEAST_BYTES - PREFIX_BYTES) return { kind: 'damaged', bytes: rest, why: `a batch of ${length} bytes` };
  return judge(rest.subarray(0, PREFIX_BYTES + length));
}

function judge(bytes: Buffer): Frame {
  const magic = bytes.readInt8(MAGIC_AT);
  if (magic === 0 || magic === 1) return judgeLegacy(bytes, magic);
  if (magic !== MAGIC) return { kind: 'damaged', bytes, why: `a batch of format ${magic}` };
  if (bytes.length < HEADER_BYTES) return { kind: 'damaged', bytes, why: `a batch of ${bytes.length} bytes` };
  if (crc32c(bytes.subarray(CHECKED_FROM)) !== bytes.readUInt32BE(CHECKED_FROM - 4)) {
    return { kind: 'damaged', bytes, why: 'the checksum is wrong' };
  }
  const header = readHeader(bytes);
  if (header.lastOffset < header.baseOffset) return { kind: 'damaged', bytes, why: 'it ends before it begins' };
  return { kind: 'checked', bytes, header };
}

function judgeLegacy(bytes: Buffer, magic: number): Frame {
  if (crc32(bytes.subarray(MAGIC_AT)) === bytes.readUInt32BE(PREFIX_BYTES)) {
    return { kind: 'legacy', bytes, magic, lastOffset: bytes.readBigInt64BE(0) };
  }
  return { kind: 'damaged', bytes, why: `a batch of format ${magic}, and its checksum is wrong` };
}

function readHeader(batch: Buffer): BatchHeader {
  const reader = new ByteReader(batch);
  const baseOffset = reader.int64();
  reader.take(CHECKED_FROM - 8);
  const attributes = reader.int16();
  const lastOffset = baseOffset + BigInt(reader.int32());
  const firstTimestamp = Number(reader.int64());
  const maxTimestamp = Number(reader.int64());
  const producerId = String(reader.int64());
  reader.take(6);
  return { baseOffset, lastOffset, attributes, firstTimestamp, maxTimestamp, producerId, count: reader.int32() };
}

/**
 * Whether two answers begin with the same batch. A damaged batch is recognized by what it claims to be; the checksum
 * alone does not do, as batches of the same content have the same one.
 */
export function beginTogether(a: Buffer, b: Buffer): boolean {
  if (a.length < CHECKED_FROM || b.length < CHECKED_FROM) return a.length < CHECKED_FROM && b.length < CHECKED_FROM;
  if (!a.subarray(0, 8).equals(b.subarray(0, 8))) return false;
  if (a.subarray(CHECKED_FROM - 4, CHECKED_FROM).equals(b.subarray(CHECKED_FROM - 4, CHECKED_FROM))) return true;
  const length = Math.min(a.length, b.length);
  return a.subarray(CHECKED_FROM, length).equals(b.subarray(CHECKED_FROM, length));
}

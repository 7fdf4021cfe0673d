import { crc32c } from '@node-rs/crc32';
import { ByteReader, MalformedBytes } from './byte-reader';
import { TooLarge, UnknownCodec, decompress } from './codecs';
import type { FetchedMessage, UnreadableReason } from './fetched-message';

/** What a batch may cost to read. */
export interface BatchLimits {
  /** Of its records, uncompressed. */
  bytes: number;
  records: number;
}

/** The batch's own offset and length come before what is checked. */
const PREFIX_BYTES = 12;
const CHECKED_FROM = 21;
export const HEADER_BYTES = 61;
const MAGIC = 2;

export interface BatchHeader {
  baseOffset: bigint;
  /** Of the last record that the batch had when it was appended; compaction may have removed it. */
  lastOffset: bigint;
  attributes: number;
  firstTimestamp: number;
  maxTimestamp: string;
  producerId: string;
  count: number;
}

/** A batch, and what it costs in memory. */
export interface ReadBatch {
  messages: FetchedMessage[];
  bytes: number;
}

/** How many bytes the batch at `at` takes, or null when they are not all there. */
export function batchLength(set: Buffer, at: number): number | null {
  if (set.length - at < PREFIX_BYTES) return null;
  const length = set.readInt32BE(at + 8);
  if (length < HEADER_BYTES - PREFIX_BYTES) throw new MalformedBytes(`a batch of ${length} bytes`);
  return length > set.length - at - PREFIX_BYTES ? null : length + PREFIX_BYTES;
}

/** The header of a whole batch; what it says may be wrong until the checksum is known to be right. */
export function readHeader(batch: Buffer): BatchHeader {
  const reader = new ByteReader(batch);
  const baseOffset = reader.int64();
  reader.take(CHECKED_FROM - 8);
  const attributes = reader.int16();
  const lastOffset = baseOffset + BigInt(reader.int32());
  const firstTimestamp = Number(reader.int64());
  const maxTimestamp = String(reader.int64());
  const producerId = String(reader.int64());
  reader.take(6);
  return { baseOffset, lastOffset, attributes, firstTimestamp, maxTimestamp, producerId, count: reader.int32() };
}

/**
 * Reads the records of a batch of format 2 (https://kafka.apache.org/documentation/#recordbatch). Throws an Unreadable
 * when the checksum, the framing, the codec or the limits forbid it.
 */
export function readBatch(batch: Buffer, header: BatchHeader, limits: BatchLimits): ReadBatch {
  if (batch.readInt8(16) !== MAGIC) throw new Unreadable('corrupt-batch', `a batch of format ${batch.readInt8(16)}`);
  if (crc32c(batch.subarray(CHECKED_FROM)) !== batch.readUInt32BE(17)) {
    throw new Unreadable('corrupt-batch', 'the checksum is wrong');
  }
  if (header.count > limits.records) {
    throw new Unreadable('too-large-batch', `${header.count} records, ${limits.records} are allowed`);
  }
  try {
    const records = decompress(header.attributes & 7, batch.subarray(HEADER_BYTES), limits.bytes);
    return { messages: readRecords(records, header), bytes: records.length };
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof TooLarge) throw new Unreadable('too-large-batch', message, { cause: error });
    if (error instanceof UnknownCodec) throw new Unreadable('unknown-codec', message, { cause: error });
    throw new Unreadable('corrupt-batch', message, { cause: error });
  }
}

/** Why a batch as a whole cannot be read. */
export class Unreadable extends Error {
  constructor(
    readonly reason: UnreadableReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

function readRecords(bytes: Buffer, header: BatchHeader): FetchedMessage[] {
  const reader = new ByteReader(bytes);
  const messages: FetchedMessage[] = [];
  const { attributes, producerId } = header;
  const shared = {
    magicByte: MAGIC,
    isControlRecord: (attributes & 0x20) !== 0,
    batchContext: { producerId, inTransaction: (attributes & 0x10) !== 0 },
  };
  for (let index = 0; index < header.count; index++) {
    const length = reader.varint();
    const end = reader.position + length;
    messages.push({ ...readRecord(reader, header), ...shared });
    if (reader.position !== end) throw new MalformedBytes('a record is not as long as it says');
  }
  if (reader.left > 0) throw new MalformedBytes(`${reader.left} bytes behind the last of ${header.count} records`);
  return messages;
}

const LOG_APPEND_TIME = 0x08;
const NO_HEADERS: FetchedMessage['headers'] = Object.freeze({});

function readRecord(reader: ByteReader, { baseOffset, attributes, firstTimestamp, maxTimestamp }: BatchHeader) {
  const own = reader.int8();
  const timestampDelta = reader.varint();
  const offset = String(baseOffset + BigInt(reader.varint()));
  const timestamp = (attributes & LOG_APPEND_TIME) !== 0 ? maxTimestamp : String(firstTimestamp + timestampDelta);
  const key = reader.varBytes();
  const value = reader.varBytes();
  return { attributes: own, timestamp, offset, key, value, headers: readHeaders(reader) };
}

/** A name that comes again has all its values. A null value is kept as an empty one. */
function readHeaders(reader: ByteReader): FetchedMessage['headers'] {
  const count = reader.varint();
  if (count === 0) return NO_HEADERS;
  if (count < 0 || count > reader.left) throw new MalformedBytes(`${count} headers`);
  const headers = new Map<string, Buffer | Buffer[]>();
  for (let index = 0; index < count; index++) {
    const name = (reader.varBytes() ?? Buffer.alloc(0)).toString('utf8');
    const value = reader.varBytes() ?? Buffer.alloc(0);
    const before = headers.get(name);
    if (Array.isArray(before)) before.push(value);
    else headers.set(name, before === undefined ? value : [before, value]);
  }
  return Object.fromEntries(headers);
}

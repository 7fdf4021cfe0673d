import { MalformedBytes } from './byte-reader';
import type { FetchedMessage } from './fetched-message';
import { type BatchHeader, type BatchLimits, Unreadable, batchLength, readBatch, readHeader } from './record-batch';

export const LIMITS: BatchLimits = { bytes: 32 * 1024 * 1024, records: 250_000 };

/**
 * Reads what a fetch brought of one partition. A batch that cannot be read becomes one record that says so. Where a
 * batch ends behind its last record (compacted away, or empty), a control record marks the end, so that the consumer
 * goes on there. The last batch may be cut off: it comes again.
 */
export function readRecordSet(set: Buffer, limits = LIMITS): FetchedMessage[] {
  const messages: FetchedMessage[] = [];
  let bytes = 0;
  // What is over the limit together comes with a later fetch; the first batch comes always.
  for (let at = 0; bytes < limits.bytes;) {
    const length = lengthOrNull(set, at);
    if (length === null) break;
    const batch = set.subarray(at, at + length);
    const read = readOrExplain(batch, endOf(set, at + length), limits);
    for (const message of read.messages) messages.push(message);
    bytes += read.bytes;
    at += length;
  }
  return messages;
}

/** Framing that is broken cannot be walked over: what is behind it cannot be found. */
function lengthOrNull(set: Buffer, at: number): number | null {
  try {
    return batchLength(set, at);
  } catch (error) {
    if (error instanceof MalformedBytes) return null;
    throw error;
  }
}

function readOrExplain(batch: Buffer, next: bigint | null, limits: BatchLimits) {
  const header = readHeader(batch);
  try {
    const read = readBatch(batch, header, limits);
    const last = read.messages.at(-1);
    if (!last || BigInt(last.offset) < header.lastOffset) read.messages.push(endMark(header));
    return read;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { messages: [explained(batch, header, next, error)], bytes: batch.length };
  }
}

function endMark(header: BatchHeader): FetchedMessage {
  return { ...bare(header), offset: String(header.lastOffset), isControlRecord: true };
}

function explained(batch: Buffer, header: BatchHeader, next: bigint | null, error: Unreadable): FetchedMessage {
  // A header under a wrong checksum may lie about its end: the next batch knows better, and one record is certain.
  const isTrusted = error.reason !== 'corrupt-batch';
  const said = header.lastOffset < header.baseOffset ? header.baseOffset : header.lastOffset;
  const end = isTrusted || next === null || next <= header.baseOffset ? said : next - 1n;
  const [firstOffset, lastOffset] = [String(header.baseOffset), String(end)];
  return {
    ...bare(header),
    offset: lastOffset,
    value: batch,
    unreadable: { reason: error.reason, error: error.message, firstOffset, lastOffset },
  };
}

function bare({ maxTimestamp, producerId, attributes }: BatchHeader): FetchedMessage {
  return {
    magicByte: 2,
    attributes: 0,
    timestamp: maxTimestamp,
    offset: '0',
    key: null,
    value: null,
    headers: {},
    isControlRecord: false,
    batchContext: { producerId, inTransaction: (attributes & 0x10) !== 0 },
  };
}

/** Where the batch after this one begins, if it is here. */
function endOf(set: Buffer, at: number): bigint | null {
  return set.length - at >= 8 ? set.readBigInt64BE(at) : null;
}

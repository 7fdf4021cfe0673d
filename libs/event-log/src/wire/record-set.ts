import { type BatchHeader, type Frame, frameAt } from './batch-frame';
import { type FetchedMessage, bareMessage, unreadableMessage } from './fetched-message';
import { plausibleTime } from './plausible-time';
import { type BatchLimits, Unreadable, readBatch } from './record-batch';

export const LIMITS: BatchLimits = { bytes: 32 * 1024 * 1024, records: 250_000 };
/** Of bytes whose length is lost; about as much as a broker takes as one batch. */
const MAX_DAMAGED_BYTES = 1_100_000;

/** What was asked for, and what is known without believing the batches. */
export interface Asked {
  /** The offset to begin with. */
  from: bigint;
  /** The high watermark: no offset is as great. */
  end: bigint;
  /** Epoch ms. */
  now: number;
  /** Whether offsets may be missing between batches because they were compacted away. */
  mayHaveHoles: boolean;
  /** A base offset to be believed although it does not join on: Kafka was asked about it. */
  trusted?: bigint | undefined;
  limits?: BatchLimits;
}

/** Where the reading of a set had to end. */
export interface Damage {
  /** The first offset that is not accounted for. */
  at: bigint;
  why: string;
  bytes: Buffer;
  /** Under a right checksum, but its offsets do not join on to those before. */
  claims: BatchHeader | null;
  /** The base offset of the next batch in the bytes with a right checksum, if there is one. */
  behind: bigint | null;
}

export interface ReadSet {
  messages: FetchedMessage[];
  damage: Damage | null;
}

/**
 * Reads what a fetch brought of one partition, up to the first batch of which nothing can be believed; every offset of
 * the messages lies in [from, end). A batch whose checksum is right and whose content cannot be read becomes one record
 * that says so, and is the last of its set. Where a batch ends behind its last record (compacted away, or empty), a
 * control record marks the end, so that the consumer goes on there. Never throws.
 */
export function readRecordSet(set: Buffer, asked: Asked): ReadSet {
  const read: ReadSet = { messages: [], damage: null };
  let place: Place | null = { at: 0, next: asked.from, bytes: 0 };
  while (place !== null) place = step(set, place, asked, read);
  return read;
}

/** How far a set is read: position in the bytes, offset that comes next, uncompressed bytes until here. */
interface Place {
  at: number;
  next: bigint;
  bytes: number;
}

/** Reads one batch; null: the set ends here. */
function step(set: Buffer, place: Place, asked: Asked, read: ReadSet): Place | null {
  const { at, next } = place;
  // What is over the limit together comes with a later fetch; the first batch comes always.
  if (at >= set.length || place.bytes >= (asked.limits ?? LIMITS).bytes) return null;
  const frame = frameAt(set, at);
  // The first batch comes whole; another one that is cut off comes again.
  if (frame.kind === 'cut' && at > 0) return null;
  if (frame.kind === 'legacy' && frame.lastOffset >= next && frame.lastOffset < asked.end) {
    read.messages.push(legacyMessage(frame, next, asked.now));
    return null;
  }
  const why = whyNotBelieved(frame, set, place, asked);
  if (frame.kind === 'checked' && why === null) return take(frame, place, asked, read);
  const behind = batchBehind(set, at, asked);
  if (behind && asked.trusted === next && behind.base === next) return { ...place, at: behind.at };
  const base = behind !== null && behind.base > next ? behind.base : null;
  const claims = frame.kind === 'checked' ? frame.header : null;
  read.damage = { at: next, why: why ?? '', bytes: frame.bytes.subarray(0, MAX_DAMAGED_BYTES), claims, behind: base };
  return null;
}

/** null: it is believed. */
function whyNotBelieved(frame: Frame, set: Buffer, place: Place, asked: Asked): string | null {
  if (frame.kind === 'damaged') return frame.why;
  if (frame.kind === 'cut') return 'a batch that is longer than what came';
  if (frame.kind === 'legacy') return `a batch of format ${frame.magic} at ${frame.lastOffset}`;
  const { baseOffset: base, lastOffset: last } = frame.header;
  const { next } = place;
  const why = `it says that it has the offsets ${base} to ${last}, where ${next} is next`;
  if (last >= asked.end) return `${why} and ${asked.end} is not there yet`;
  // Only the first may begin before what was asked for.
  if (last < next || (base < next && next !== asked.from)) return why;
  if (base === asked.trusted) return null;
  const following = offsetAt(set, place.at + frame.bytes.length);
  // With fewer records than offsets, it may reach over the batch behind it.
  const isThinned = BigInt(frame.header.count) !== last - base + 1n;
  if (isThinned && (!asked.mayHaveHoles || (following !== null && following <= last))) return why;
  if (base === next) return null;
  // Its base offset is not covered by the checksum: the batch behind it, or the end, has to confirm it.
  if (last + 1n === asked.end || following === last + 1n) return base < next || asked.mayHaveHoles ? null : why;
  return asked.mayHaveHoles && base > next && following !== null && following > last ? null : why;
}

function take(frame: Checked, place: Place, asked: Asked, read: ReadSet): Place | null {
  const { header } = frame;
  const first = header.baseOffset > place.next ? header.baseOffset : place.next;
  try {
    const { messages, bytes } = readBatch(frame.bytes, header, asked.limits ?? LIMITS, asked.now);
    // Only the first batch may begin before what was asked for.
    const isWhole = first === header.baseOffset;
    for (const message of messages) if (isWhole || BigInt(message.offset) >= first) read.messages.push(message);
    const last = read.messages.at(-1);
    if (!last || BigInt(last.offset) < header.lastOffset) read.messages.push(endMark(header, asked.now));
    const at = place.at + frame.bytes.length;
    return { at, next: header.lastOffset + 1n, bytes: place.bytes + bytes };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    // Whether a transaction ended here is not known: the next fetch is told by Kafka which are aborted.
    read.messages.push(explained(frame, first, error, asked.now));
    return null;
  }
}

type Checked = Extract<Frame, { kind: 'checked' }>;

/** The next batch in the bytes with a right checksum, as far as the lengths lead there. */
function batchBehind(set: Buffer, from: number, { end }: Asked): { at: number; base: bigint } | null {
  for (let at = from; at < set.length;) {
    const frame = frameAt(set, at);
    if (frame.kind === 'cut') return null;
    const isOther = at > from && frame.kind === 'checked';
    if (isOther && frame.header.lastOffset < end) return { at, base: frame.header.baseOffset };
    at += frame.bytes.length;
  }
  return null;
}

/** The base offset of what begins at `at`, as far as that is here. */
function offsetAt(set: Buffer, at: number): bigint | null {
  return set.length - at >= 8 ? set.readBigInt64BE(at) : null;
}

function endMark({ lastOffset, maxTimestamp }: BatchHeader, now: number): FetchedMessage {
  return {
    ...bareMessage(lastOffset, plausibleTime(maxTimestamp, { now, fallback: now })),
    isControlRecord: true,
  };
}

function explained({ bytes, header }: Checked, first: bigint, error: Unreadable, now: number): FetchedMessage {
  const timestamp = plausibleTime(header.maxTimestamp, { now, fallback: now });
  const { reason, message } = error;
  return unreadableMessage({ first, last: header.lastOffset, timestamp }, { reason, error: message, bytes });
}

function legacyMessage(
  { bytes, magic, lastOffset }: Extract<Frame, { kind: 'legacy' }>,
  first: bigint,
  now: number,
): FetchedMessage {
  const error = `a message of format ${magic}, which was written before Kafka 0.11`;
  return unreadableMessage({ first, last: lastOffset, timestamp: now }, { reason: 'corrupt-batch', error, bytes });
}

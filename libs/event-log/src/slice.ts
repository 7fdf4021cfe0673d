import type { RawRecord } from '#libs/contracts';
import type { Batch, KafkaMessage } from 'kafkajs';
import type { FetchedMessage, UnreadableBatch } from './wire/fetched-message';
import { messagesOfBatch } from './wire/messages-of-batch';

/** Records of one partition, in order. */
export interface Slice {
  topic: string;
  partition: number;
  records: SliceRecord[];
  /** Where it was read from: at its first record, or before it where offsets hold none. */
  fromOffset: string;
  /** Where the partition goes on: behind the last record and what follows it that is no record (transaction markers, what was compacted away). */
  nextOffset: string;
}

export interface SliceRecord extends RawRecord {
  offset: string;
  /** In place of offsets that cannot be read: why, and which. `value` has what Kafka gave of them; the timestamp is a neighbour's. */
  unreadable?: UnreadableBatch;
}

/** How large a slice may be; one record is always in it. */
export interface SliceLimits {
  records: number;
  /** Of keys and values together. */
  bytes: number;
}

/** A batch in slices. `joins`: what offset the one that was fetched from joins on to. */
export function* slicesOf(
  batch: Batch,
  limits: SliceLimits,
  joins: (fetched: string) => string,
): Generator<Slice, void, undefined> {
  const { topic, partition, messages } = batch;
  let fromOffset = joins(fetchedFrom(batch));
  for (let start = 0; start < messages.length;) {
    const end = endOfSlice(messages, start, limits);
    const records = messages.slice(start, end).map(sliceRecord);
    const isLast = end === messages.length;
    const lastOffset = isLast ? batch.lastOffset() : (records.at(-1)?.offset ?? batch.lastOffset());
    const nextOffset = String(BigInt(lastOffset) + 1n);
    yield { topic, partition, records, fromOffset, nextOffset };
    fromOffset = nextOffset;
    start = end;
  }
}

function endOfSlice(messages: readonly KafkaMessage[], start: number, { records, bytes }: SliceLimits): number {
  const most = Math.min(messages.length, start + records);
  let taken = 0;
  for (let at = start; at < most; at += 1) {
    const { key, value } = messages[at] ?? {};
    taken += (key?.length ?? 0) + (value?.length ?? 0);
    if (taken > bytes && at > start) return at;
  }
  return most;
}

/** kafkajs's batch knows what was asked for; its published type leaves it out. */
function fetchedFrom(batch: Batch): string {
  return (batch as Batch & { fetchedOffset: string }).fetchedOffset;
}

/** All records of what was fetched. */
export function recordsOf({ messages }: Batch): SliceRecord[] {
  return messages.map(sliceRecord);
}

/**
 * The records of a batch that could not be read when it came, as `value` has it: for a replay. What still cannot be
 * read is one record that says why; only a batch that never had a record has none. Never throws.
 */
export function recordsOfBatch(bytes: Buffer): SliceRecord[] {
  return messagesOfBatch(bytes, Date.now())
    .filter(({ isControlRecord }) => !isControlRecord)
    .map(sliceRecord);
}

function sliceRecord(message: FetchedMessage | KafkaMessage): SliceRecord {
  const { key, value, headers = {}, offset, unreadable } = message as KafkaMessage & Pick<FetchedMessage, 'unreadable'>;
  const record: SliceRecord = { key, value, headers, timestamp: Number(message.timestamp), offset };
  if (unreadable) record.unreadable = unreadable;
  return record;
}

import type { RawRecord } from '#libs/contracts';
import type { Batch, KafkaMessage } from 'kafkajs';

/** Records of one partition, in order. */
export interface Slice {
  topic: string;
  partition: number;
  records: SliceRecord[];
  /** Where the partition goes on: behind the last record and what follows it that is no record (transaction markers, what was compacted away). */
  nextOffset: string;
}

export interface SliceRecord extends RawRecord {
  offset: string;
}

/** A batch in slices of at most `size` records. */
export function slicesOf(batch: Batch, size: number): Slice[] {
  const { topic, partition, messages } = batch;
  const slices: Slice[] = [];
  for (let start = 0; start < messages.length; start += size) {
    const records = messages.slice(start, start + size).map(sliceRecord);
    const isLast = start + size >= messages.length;
    const lastOffset = isLast ? batch.lastOffset() : (records.at(-1)?.offset ?? batch.lastOffset());
    slices.push({ topic, partition, records, nextOffset: String(BigInt(lastOffset) + 1n) });
  }
  return slices;
}

function sliceRecord(message: KafkaMessage): SliceRecord {
  return {
    key: message.key,
    value: message.value,
    headers: message.headers ?? {},
    timestamp: Number(message.timestamp),
    offset: message.offset,
  };
}

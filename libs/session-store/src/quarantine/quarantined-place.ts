import type { Bad } from '../slice/slice';
import { boundedMs, boundedOffset, boundedPartition, sourceName } from '../bounds';
import { plainText } from '../plain-text';

const REASON_LENGTH = 100;
const ERROR_LENGTH = 2000;
const TOPIC_LENGTH = 249;
/** A batch that claims to span more says nothing that can be believed. */
const MOST_OFFSETS_OF_BATCH = 2n ** 31n;

/** What identifies a row of the quarantine and the budget that it counts for, in values that Postgres can hold. */
export interface QuarantinedPlace {
  topic: string;
  partition: number;
  /** Of a batch its last one. */
  offset: string;
  /** Of a batch its first one, else the same. */
  from: string;
  /** The broker's timestamp, epoch ms, as Kafka had it. */
  ms: string;
  kind: 'record' | 'batch';
  source: string;
  reason: string;
  error: string;
  bad: Bad;
}

/** Total: whatever the record says of itself has a place. */
export function placeOf(bad: Bad): QuarantinedPlace {
  const { place, record, kind, source, reason, error } = bad;
  const offset = boundedOffset(place.offset);
  return {
    topic: plainText(place.topic, TOPIC_LENGTH),
    partition: boundedPartition(place.partition),
    offset,
    from: kind === 'record' ? offset : firstOfBatch(boundedOffset(kind.batchFrom), offset),
    ms: boundedMs(record.timestamp),
    kind: kind === 'record' ? 'record' : 'batch',
    source: sourceName(source),
    reason: plainText(reason, REASON_LENGTH),
    error: plainText(error, ERROR_LENGTH),
    bad,
  };
}

function firstOfBatch(first: string, last: string): string {
  const span = BigInt(last) - BigInt(first);
  return span >= 0n && span < MOST_OFFSETS_OF_BATCH ? first : last;
}

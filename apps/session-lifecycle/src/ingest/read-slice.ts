import { type EventOn, type TopicName, readEvent, whyTooOld } from '#libs/contracts';
import type { Slice, SliceRecord, UnreadableBatch } from '#libs/event-log';
import { type Bad, type SliceEvidence, isTime } from '#libs/session-store';
import { sourceOf } from './source-of';

type Origin = Pick<Bad, 'place'> & { record: SliceRecord };

export interface GoodEvent<T extends TopicName> {
  kind: 'event';
  event: EventOn[T];
  /** The event's clamped time, epoch µs. */
  at: number;
  /** When the broker got it, epoch ms. */
  brokerTime: number;
  record: SliceRecord;
}

export interface Tombstone {
  kind: 'tombstone';
  id: string;
  /** Epoch µs. */
  at: number;
  record: SliceRecord;
}

export interface ReadSlice<T extends TopicName> {
  from: Pick<Slice, 'topic' | 'partition'>;
  good: (GoodEvent<T> | Tombstone)[];
  evidence: SliceEvidence;
}

/**
 * Reads every record of a slice, outside any transaction: the good, and the evidence of the bad and of the progress.
 * Events that reached the broker more than `horizonMs` after what they say are among the bad.
 */
export function readSlice<T extends TopicName>(topic: T, slice: Slice, horizonMs: number): ReadSlice<T> {
  const good: ReadSlice<T>['good'] = [];
  const bad: Bad[] = [];
  for (const record of slice.records) {
    if (record.unreadable) {
      bad.push(badOf(slice, record, { reason: record.unreadable.reason, error: spanOf(record.unreadable) }));
      continue;
    }
    if (!isTime(record.timestamp)) {
      bad.push(
        badOf(slice, record, { reason: 'timestamp', error: `the broker's timestamp ${record.timestamp} is no time` }),
      );
      continue;
    }
    const read = readEvent(topic, record);
    if (!read.ok) {
      bad.push(badOf(slice, record, read));
      continue;
    }
    if (read.kind === 'tombstone') {
      good.push({ kind: 'tombstone', id: read.id, at: read.at, record });
      continue;
    }
    const tooOld = whyTooOld(topic, read, horizonMs);
    if (tooOld !== null) bad.push(badOf(slice, record, { reason: 'too-old', error: tooOld }));
    else good.push({ kind: 'event', event: read.event, at: read.at, brokerTime: read.brokerTime, record });
  }
  const { topic: name, partition } = slice;
  return { from: { topic: name, partition }, good, evidence: { bad, progress: progressOf(slice) } };
}

/** A record of a slice that cannot be taken, and why. */
export function badOf(
  from: ReadSlice<TopicName>['from'],
  record: SliceRecord,
  { reason, error }: Pick<Bad, 'reason' | 'error'>,
): Bad {
  const kind = record.unreadable ? { batchFrom: record.unreadable.firstOffset } : 'record';
  return { ...originOf(from, record), kind, source: record.unreadable ? '' : sourceOf(record), reason, error };
}

/** Where a record of a slice stands, and what it was. */
export function originOf({ topic, partition }: ReadSlice<TopicName>['from'], record: SliceRecord): Origin {
  return { place: { topic, partition, offset: record.offset }, record };
}

/** How far a slice goes. A timestamp that is no time says nothing of how far the log is known. */
export function progressOf({ topic, partition, records, fromOffset, nextOffset }: Slice): SliceEvidence['progress'] {
  if (records.length === 0) return null;
  const last = records.findLast(
    ({ timestamp, unreadable }) => isTime(timestamp) && unreadable?.reason !== 'corrupt-batch',
  );
  return { topic, partition, fromOffset, nextOffset, brokerTime: last?.timestamp ?? null };
}

function spanOf({ error, firstOffset, lastOffset }: UnreadableBatch): string {
  return `the batch of offsets ${firstOffset} to ${lastOffset} cannot be read: ${error}`;
}

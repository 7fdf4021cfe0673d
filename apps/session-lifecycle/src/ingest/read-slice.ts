import { type EventOn, type TopicName, readEvent } from '#libs/contracts';
import type { Slice, SliceRecord, UnreadableBatch } from '#libs/event-log';
import type { Bad, Place, SliceEvidence } from '#libs/session-store';

type Origin = { place: Place; record: SliceRecord };

export interface GoodEvent<T extends TopicName> {
  kind: 'event';
  event: EventOn[T];
  /** The event's clamped time, and when the broker got it; epoch ms. */
  at: number;
  brokerTime: number;
  record: SliceRecord;
}

export interface Tombstone {
  kind: 'tombstone';
  id: string;
  at: number;
  record: SliceRecord;
}

export interface ReadSlice<T extends TopicName> {
  from: Pick<Slice, 'topic' | 'partition'>;
  good: (GoodEvent<T> | Tombstone)[];
  evidence: SliceEvidence;
}

/** Reads every record of a slice, outside any transaction: the good, and the evidence of the bad and of the progress. */
export function readSlice<T extends TopicName>(topic: T, slice: Slice): ReadSlice<T> {
  const good: ReadSlice<T>['good'] = [];
  const bad: Bad[] = [];
  for (const record of slice.records) {
    if (record.unreadable) {
      bad.push({ ...originOf(slice, record), reason: record.unreadable.reason, error: spanOf(record.unreadable) });
      continue;
    }
    const read = readEvent(topic, record);
    if (!read.ok) bad.push({ ...originOf(slice, record), reason: read.reason, error: read.error });
    else if (read.kind === 'event')
      good.push({ kind: 'event', event: read.event, at: read.at, brokerTime: read.brokerTime, record });
    else good.push({ kind: 'tombstone', id: read.id, at: read.at, record });
  }
  const { topic: name, partition } = slice;
  return { from: { topic: name, partition }, good, evidence: { bad, progress: progressOf(slice) } };
}

/** Where a record of a slice stands, and what it was. */
export function originOf({ topic, partition }: ReadSlice<TopicName>['from'], record: SliceRecord): Origin {
  return { place: { topic, partition, offset: record.offset }, record };
}

function spanOf({ error, firstOffset, lastOffset }: UnreadableBatch): string {
  return `the batch of offsets ${firstOffset} to ${lastOffset} cannot be read: ${error}`;
}

function progressOf({ topic, partition, records, fromOffset, nextOffset }: Slice): SliceEvidence['progress'] {
  const last = records.at(-1);
  if (!last) return null;
  return { topic, partition, fromOffset, nextOffset, brokerTime: last.timestamp };
}

import { type EventOn, type TopicName, readEvent } from '#libs/contracts';
import type { Slice, SliceRecord, UnreadableBatch } from '#libs/event-log';
import type { Bad, Place, SliceEvidence } from '#libs/session-store';

export interface GoodEvent<T extends TopicName> {
  kind: 'event';
  event: EventOn[T];
  /** The event's clamped time, epoch ms. */
  at: number;
  origin: Origin;
}

export interface Tombstone {
  kind: 'tombstone';
  id: string;
  at: number;
  origin: Origin;
}

type Origin = { place: Place; record: SliceRecord };

export interface ReadSlice<T extends TopicName> {
  good: (GoodEvent<T> | Tombstone)[];
  evidence: SliceEvidence;
}

/** Reads every record of a slice, outside any transaction: the good, and the evidence of the bad and of the progress. */
export function readSlice<T extends TopicName>(topic: T, slice: Slice): ReadSlice<T> {
  const good: ReadSlice<T>['good'] = [];
  const bad: Bad[] = [];
  for (const record of slice.records) {
    const origin = { place: { topic: slice.topic, partition: slice.partition, offset: record.offset }, record };
    if (record.unreadable) {
      bad.push({ ...origin, reason: record.unreadable.reason, error: spanOf(record.unreadable) });
      continue;
    }
    const read = readEvent(topic, record);
    if (!read.ok) bad.push({ ...origin, reason: read.reason, error: read.error });
    else if (read.kind === 'event') good.push({ kind: 'event', event: read.event, at: read.at, origin });
    else good.push({ kind: 'tombstone', id: read.id, at: read.at, origin });
  }
  return { good, evidence: { bad, progress: progressOf(slice) } };
}

function spanOf({ error, firstOffset, lastOffset }: UnreadableBatch): string {
  return `the batch of offsets ${firstOffset} to ${lastOffset} cannot be read: ${error}`;
}

function progressOf({ topic, partition, records, fromOffset, nextOffset }: Slice): SliceEvidence['progress'] {
  const last = records.at(-1);
  if (!last) return null;
  return { topic, partition, fromOffset, nextOffset, brokerTime: last.timestamp };
}

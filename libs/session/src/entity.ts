import { compareText } from './token';

/** A room, host or preset as last published: `state: null` is a tombstone, kept so that an older upsert cannot return. */
export interface EntityRecord<S> {
  /** Epoch µs: the event's clamped time; of a tombstone the end of the broker's millisecond. */
  at: number;
  /** Kafka's offset as decimal digits: the order of one microsecond. */
  offset: string;
  state: S | null;
}

/** The greater (time, offset) wins; the same object when nothing changes. */
export function evolveEntity<S>(record: EntityRecord<S> | undefined, next: EntityRecord<S>): EntityRecord<S> {
  if (record === undefined) return next;
  const order =
    next.at - record.at || next.offset.length - record.offset.length || compareText(next.offset, record.offset);
  return order > 0 ? next : record;
}

import type { RawRecord } from '#libs/contracts';
import type { SessionFact } from '#libs/session';
import type { Loggable } from './loggable';

/** Where a record stands in Kafka. */
export interface Place {
  topic: string;
  partition: number;
  offset: string;
}

/** A record that could not be used, with all that is needed to look at it and to replay it. */
export interface Bad {
  /** Of a batch: its first offset; `place` is its last one. */
  kind: 'record' | { batchFrom: string };
  place: Place;
  record: RawRecord;
  /** Who sent it, as far as that can be read; empty: it names nobody. */
  source: string;
  reason: string;
  error: string;
}

/** Which part of a partition a slice is, and the last broker timestamp in it (epoch ms; null: it has none that is a time). */
export interface Progress {
  topic: string;
  partition: number;
  /** Where it was read from; what lies between the progress before and here is a gap. */
  fromOffset: string;
  nextOffset: string;
  brokerTime: number | null;
}

/** What every slice carries beside its events; written in the same transaction as they are. */
export interface SliceEvidence {
  bad: Bad[];
  progress: Progress | null;
  /** An event whose identity is known with other data goes into quarantine; or nothing is recorded, and IdentityConflict is thrown. */
  conflicts?: 'quarantine' | 'throw';
}

/** An event's source and id are known with other data. */
export class IdentityConflict extends Error {
  constructor(readonly bad: Pick<Bad, 'reason' | 'error'>) {
    super(bad.error);
    this.name = 'IdentityConflict';
  }
}

/** An event of a session, with what the fold takes of it. */
export type SessionToRecord = Loggable & { fact: SessionFact };

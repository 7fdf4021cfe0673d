import type { RawRecord } from '#libs/contracts';

/** Where a record stands in Kafka. */
export interface Place {
  topic: string;
  partition: number;
  offset: string;
}

/** A record that could not be used, with all that is needed to look at it and to replay it. */
export interface Bad {
  place: Place;
  record: RawRecord;
  reason: string;
  error: string;
}

/** How far a partition has been ingested: the next offset, and the last broker timestamp seen (epoch ms). */
export interface Progress {
  topic: string;
  partition: number;
  nextOffset: string;
  brokerTime: number;
}

/** What every slice carries beside its events; written in the same transaction as they are. */
export interface SliceEvidence {
  bad: Bad[];
  progress: Progress | null;
}

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

/** Which part of a partition a slice is, and the last broker timestamp in it (epoch ms). */
export interface Progress {
  topic: string;
  partition: number;
  /** Where it was read from; what lies between the progress before and here is a gap. */
  fromOffset: string;
  nextOffset: string;
  brokerTime: number;
}

/** What every slice carries beside its events; written in the same transaction as they are. */
export interface SliceEvidence {
  bad: Bad[];
  progress: Progress | null;
  /** Asked inside the transaction about all that it would put into quarantine; when it throws, nothing is recorded. */
  admit?: (bad: readonly Bad[]) => void;
}

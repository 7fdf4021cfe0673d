import type { CloudEvent } from './event';

/** An event that all in-sync replicas have, and where it stands. */
export interface Emitted {
  event: CloudEvent;
  topic: string;
  partition: number;
  /** Decimal digits: an offset may be greater than a number is exact. */
  offset: string;
}

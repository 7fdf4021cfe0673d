import type { PartitionBounds } from '#libs/event-log';

/** How far a partition has come, and how far it is behind. */
export interface PartitionAudit extends PartitionBounds {
  nextOffset: string | null;
  brokerTime: number | null;
  lag: number;
}

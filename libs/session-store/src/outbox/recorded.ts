import type { ProjectionChange } from '#libs/contracts';

/** What a transaction has recorded, for Redis to be told after the commit. */
export interface Recorded {
  /** As of the transaction, or later. */
  changes: ProjectionChange[];
  /** Of the row in the outbox, to be deleted once Redis was told; null where there is nothing to tell. */
  outboxId: string | null;
}

import type { Passed } from './passed-offsets';

export type ConsumerState = 'starting' | 'polling' | 'parked' | 'restarting' | 'stopped';

export interface ConsumerStatus {
  state: ConsumerState;
  /** Epoch ms of the last word from Kafka; null before the first. */
  lastPollAt: number | null;
  /** Partitions that this member has now. */
  partitions: number[];
  /** The next offset to be handled, by partition, as far as it is known. */
  positions: Record<number, string>;
  /** Offsets that it passed since the last record, which hold none. */
  passed: Passed[];
  /** How often the consumer was made anew. */
  restarts: number;
  /** How often it joined again without being made anew. */
  rebalances: number;
  /** How often a partition stood still in front of records, and the consumer was made anew for it. */
  stuck: number;
  /** Epoch ms; null while it is not parked. */
  parkedSince: number | null;
  parkReason: string | null;
  /** All the time that it was parked, until now. */
  parkedMs: number;
  lastError: string | null;
}

/** A consumer without a word from Kafka for so long is taken for dead. */
export const SILENCE_LIMIT_MS = 30_000;

/** Why a consumer cannot be relied on now, or null. `now` in epoch ms. */
export function whyNotReady(status: ConsumerStatus, now: number): string | null {
  const { state, lastPollAt, parkReason, lastError } = status;
  const reason = state === 'parked' ? parkReason : lastError;
  if (state !== 'polling') return reason === null ? state : `${state}: ${reason}`;
  const silentMs = lastPollAt === null ? Infinity : now - lastPollAt;
  return silentMs < SILENCE_LIMIT_MS ? null : `no word from Kafka for ${Math.round(silentMs / 1000)} s`;
}

import type { PartitionBounds } from '#libs/event-log';
import type { PartitionProgress, Watch } from '#libs/session-store';

/** So long without an answer from Kafka, nobody knows whose signals were not heard. */
export const BLIND_AFTER_MS = 3000;

/**
 * Up to when all that producers have said is known, epoch ms: the least over the partitions of the last ingested
 * broker timestamp; of one that is read to its end, the time at which its end was asked for. null: not known, because a
 * partition was not begun. The bounds must have been asked for before the progress was read.
 */
export function watermarkOf(
  at: number,
  bounds: readonly PartitionBounds[],
  progress: readonly PartitionProgress[],
): number | null {
  const known = new Map(progress.map((one) => [one.partition, one]));
  let watermark = at;
  for (const { partition, low, high } of bounds) {
    const { nextOffset, brokerTime } = known.get(partition) ?? { nextOffset: low, brokerTime: null };
    if (BigInt(nextOffset) >= BigInt(high)) continue;
    if (brokerTime === null) return null;
    watermark = Math.min(watermark, brokerTime);
  }
  return watermark;
}

/** Whether Kafka was out of sight between the last look and this one (epoch ms). */
export function wasBlind({ lookedAt }: Watch, at: number, blindAfterMs = BLIND_AFTER_MS): boolean {
  return lookedAt === null || at - lookedAt > blindAfterMs;
}

/** What the next look is to know. */
export function afterLook(before: Watch, at: number, watermark: number | null, isBlind: boolean): Watch {
  return { lookedAt: at, sightedAt: isBlind ? at : before.sightedAt, watermark: watermark ?? before.watermark };
}

/** After a time without sight everyone has a whole lease to be heard again: only shorter ones than this can be over. */
export function longestLeaseMs({ sightedAt }: Watch, at: number): number {
  return sightedAt === null ? Infinity : at - sightedAt;
}

import type { PartitionBounds } from '#libs/event-log';
import type { Gap, PartitionProgress } from '#libs/session-store';

/** What is known of one partition when a consumer gets it. */
export interface Known {
  bounds: PartitionBounds;
  /** What the group committed last; null: nothing. */
  committed: string | null;
  progress: PartitionProgress | undefined;
}

export interface Start {
  partition: number;
  offset: string;
  /** What is out of order; it is written down and told. */
  gap: Gap | null;
  /** The record knows less than was committed: it is another one, or a backup was restored. */
  recordWentBack?: true;
}

/**
 * Where to begin. Neither the committed offset nor the record's own progress is believed alone: what either of them has
 * not passed is read again, the fold absorbs what it knows.
 */
export function startingPlace({ bounds, committed, progress }: Known): Start {
  const { topic, partition } = bounds;
  const [low, high] = [BigInt(bounds.low), BigInt(bounds.high)];
  const begin = (
    at: bigint,
    gap: Omit<Gap, 'topic' | 'partition'> | null = null,
    back: Pick<Start, 'recordWentBack'> = {},
  ): Start => ({ partition, offset: String(at), gap: gap && { topic, partition, ...gap }, ...back });
  const group = committed === null ? null : BigInt(committed);
  if (!progress) {
    if (group === null || group <= low) return begin(low);
    const why = 'the record knows nothing of what was committed: another database?';
    return begin(low, replayed(low, group, why), { recordWentBack: true });
  }
  const next = BigInt(progress.nextOffset);
  if (next > high) {
    const { kind, from, to, why } = recreated({ topic, partition, high: bounds.high, next: progress.nextOffset });
    return begin(low, { kind, from, to, why });
  }
  if (next < low) {
    const gap = { kind: 'missing', from: String(next), to: String(low), why: 'retention deleted them before' } as const;
    return begin(low, gap, group !== null && group > next ? { recordWentBack: true } : {});
  }
  if (group === null) return begin(low, next > low ? replayed(low, next, 'the group has lost its offsets') : null);
  if (group > next) {
    const why = 'the record is older than what was committed: restored?';
    return begin(next, replayed(next, group, why), { recordWentBack: true });
  }
  return begin(group < low ? low : group);
}

/** A log ends at `high`, before `next`, up to which it was ingested. */
export function recreated(of: { topic: string; partition: number; high: string; next: string }): Gap {
  const { topic, partition, high: from, next: to } = of;
  const why = 'the log ends before what was ingested: it was recreated or cut off';
  return { topic, partition, kind: 'recreated', from, to, why };
}

function replayed(from: bigint, to: bigint, why: string): Omit<Gap, 'topic' | 'partition'> {
  return { kind: 'replayed', from: String(from), to: String(to), why };
}

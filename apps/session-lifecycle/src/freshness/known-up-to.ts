import type { PartitionBounds } from '#libs/event-log';
import type { PartitionProgress } from '#libs/session-store';

/** So many different ends are kept of a partition. */
const ENDS_KEPT = 600;

/** A partition had this end at that time; epoch ms by Redis' clock. */
interface End {
  at: number;
  high: bigint;
}

/**
 * Up to when all that producers have said is recorded. It remembers where partitions ended at the last looks: one that was
 * read up to such an end is known up to the time of that look. So a broker's clock counts only for what lay in Kafka
 * before the first look.
 */
export class KnownUpTo {
  private readonly ends = new Map<string, End[]>();

  /** `at`: Redis' clock, from before the bounds were asked for. */
  look(at: number, bounds: readonly PartitionBounds[]): void {
    const places = new Set(bounds.map(placeOf));
    for (const place of this.ends.keys()) if (!places.has(place)) this.ends.delete(place);
    for (const bound of bounds) this.note(placeOf(bound), { at, high: BigInt(bound.high) });
  }

  /**
   * Epoch ms; the least of all partitions. null: not known, since one was never read and is not empty, or what was read of
   * it bears a time that is yet to come. The progress must have been read after the look.
   */
  upTo(bounds: readonly PartitionBounds[], progress: readonly PartitionProgress[]): number | null {
    const known = new Map(progress.map((one) => [placeOf(one), one]));
    let least = Infinity;
    for (const bound of bounds) {
      const upTo = this.partitionUpTo(bound, known.get(placeOf(bound)));
      if (upTo === null) return null;
      least = Math.min(least, upTo);
    }
    return least === Infinity ? null : least;
  }

  private note(place: string, end: End): void {
    const ends = this.ends.get(place);
    const last = ends?.at(-1);
    // An end before the last one is that of another log.
    if (!ends || !last || end.high < last.high) return void this.ends.set(place, [end]);
    if (last.high === end.high) last.at = Math.max(last.at, end.at);
    else ends.push(end);
    if (ends.length > ENDS_KEPT) ends.shift();
  }

  private partitionUpTo(bound: PartitionBounds, progress: PartitionProgress | undefined): number | null {
    const ends = this.ends.get(placeOf(bound)) ?? [];
    const next = BigInt(progress?.nextOffset ?? bound.low);
    const reached = ends.findLast(({ high }) => high <= next);
    if (reached) return reached.at;
    const [first] = ends;
    if (!first || progress?.brokerTime == null || progress.brokerTime > first.at) return null;
    return progress.brokerTime;
  }
}

function placeOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}

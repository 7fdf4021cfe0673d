import type { PartitionBounds } from '#libs/event-log';
import type { PartitionProgress } from '#libs/session-store';

/** Less is the time that a look takes, and ordinary clocks. */
const TOLERATED_MS = 1000;

interface Seen {
  at: number;
  nextOffset: string;
  brokerTime: number | null;
  /** It was read to its end: what was ingested since was appended since. */
  isAtEnd: boolean;
}

/**
 * How far brokers' clocks are off Redis'. A record that was ingested since the last look bears a broker's time; it can
 * neither be later than now nor, of a partition that had been read to its end, earlier than the last look.
 */
export class BrokerClock {
  private readonly seen = new Map<string, Seen>();

  /**
   * Gives by how many ms each topic's broker is ahead (> 0) or behind (< 0) at least, 0 where its times fit; of topics with
   * new records only. `at` and `now`: Redis' clock before the bounds were asked for, and after the progress was read.
   */
  judge(
    { at, now }: { at: number; now: number },
    bounds: readonly PartitionBounds[],
    progress: readonly PartitionProgress[],
  ): Map<string, number> {
    const highs = new Map(bounds.map((one) => [`${one.topic}/${one.partition}`, BigInt(one.high)]));
    const skews = new Map<string, number>();
    for (const { topic, partition, nextOffset, brokerTime } of progress) {
      const place = `${topic}/${partition}`;
      const before = this.seen.get(place);
      const isAtEnd = BigInt(nextOffset) >= (highs.get(place) ?? 0n);
      this.seen.set(place, { at, nextOffset, brokerTime, isAtEnd });
      if (!before || brokerTime === null || brokerTime === before.brokerTime) continue;
      const skew = skewOf(brokerTime, before.isAtEnd ? before.at : -Infinity, now);
      if (Math.abs(skew) >= Math.abs(skews.get(topic) ?? 0)) skews.set(topic, skew);
    }
    return skews;
  }
}

function skewOf(brokerTime: number, earliest: number, latest: number): number {
  if (brokerTime > latest + TOLERATED_MS) return brokerTime - latest;
  return brokerTime < earliest - TOLERATED_MS ? brokerTime - earliest : 0;
}

import { type Timing, timingOf } from '#libs/session';
import { Counter, type Registry } from 'prom-client';

/** Sources that have a series of their own: the first ones to be flagged. The rest share one. */
const NAMED_SOURCES = 100;
const OTHERS = '(other sources)';

export interface TimedEvent {
  kind: 'event';
  event: { source: string; time: number };
  /** Epoch ms. */
  brokerTime: number;
}

/** Which producers have a clock that is wrong, or deliver late. */
export class ClockMetrics {
  private readonly flagged: Counter;
  private readonly sources = new Set<string>();

  constructor(registry: Registry) {
    this.flagged = new Counter({
      name: 'marquee_event_timing_total',
      help: 'Events whose time is ahead (5 min), behind (1 min) or late (10 min) by the broker’s clock, by source',
      labelNames: ['source', 'timing'],
      registers: [registry],
    });
  }

  /** Counts the events of a slice that was recorded; a tombstone says no time. */
  note(good: Iterable<TimedEvent | { kind: 'tombstone' }>): void {
    for (const one of good) {
      if (one.kind === 'tombstone') continue;
      const { event, brokerTime } = one;
      const timing = timingOf(event.time, brokerTime);
      if (timing !== null) this.flag(event.source, timing);
    }
  }

  private flag(source: string, timing: Timing): void {
    const isNamed = this.sources.has(source) || this.sources.size < NAMED_SOURCES;
    if (isNamed) this.sources.add(source);
    this.flagged.inc({ source: isNamed ? source : OTHERS, timing });
  }
}

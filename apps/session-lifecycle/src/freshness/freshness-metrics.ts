import type { Fresh } from '#libs/live-projection';
import { Gauge, type Registry } from 'prom-client';

/** How old `fresh_at` is, and whether brokers' clocks can be believed. */
export class FreshnessMetrics {
  private readonly skew: Gauge;
  /** When `fresh_at` was, by this process's clock. */
  private freshSince: number | null = null;

  constructor(registry: Registry, now: () => number = Date.now) {
    const registers = [registry];
    this.skew = new Gauge({
      name: 'marquee_broker_clock_skew_seconds',
      help: 'How far the broker’s clock is ahead of Redis’ (> 0) or behind it (< 0), at least, by topic; 0: within a second',
      labelNames: ['topic'],
      registers,
    });
    const age: Gauge = new Gauge({
      name: 'marquee_fresh_seconds',
      help: 'Age of what readers show: time since the moment up to which Redis holds all that producers have said. Above 5: readers are stale',
      registers,
      collect: () => {
        if (this.freshSince !== null) age.set((now() - this.freshSince) / 1000);
        else age.set(Infinity);
      },
    });
  }

  saw({ freshAt, now }: Fresh): void {
    this.freshSince = freshAt === null ? null : Date.now() - (now - freshAt);
  }

  skewed(topic: string, skewMs: number): void {
    this.skew.set({ topic }, skewMs / 1000);
  }
}

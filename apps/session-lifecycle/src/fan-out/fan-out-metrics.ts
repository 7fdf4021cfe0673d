import type { FanOutBacklog } from '#libs/session-store';
import { Gauge, type Registry } from 'prom-client';

/** How much is left to be told to sessions of what they show. */
export class FanOutMetrics {
  private readonly entities: Gauge;
  private oldest: number | null = null;

  constructor(registry: Registry, now: () => number = Date.now) {
    const registers = [registry];
    this.entities = new Gauge({
      name: 'marquee_fan_out_entities',
      help: 'Changed presets and rooms (all rooms of a changed host), up to 10 000, of which not all open sessions were told yet',
      registers,
    });
    const age: Gauge = new Gauge({
      name: 'marquee_fan_out_age_seconds',
      help: 'Time since the oldest of those changes was recorded; 0 when there is none',
      registers,
      collect: () => age.set(this.oldest === null ? 0 : (now() - this.oldest) / 1000),
    });
  }

  saw({ entities, since }: FanOutBacklog): void {
    this.entities.set(entities);
    this.oldest = since;
  }
}

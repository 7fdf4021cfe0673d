import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface SeenProjection {
  epoch: number;
  seq: number;
  sessions: number;
}

/** How the projection is, as this process last saw it. */
export class ProjectionMetrics {
  readonly rebuilds: Counter;
  readonly rebuildSeconds: Histogram;
  readonly repairs: Counter;
  private readonly stale: Gauge;
  private readonly state: Record<keyof SeenProjection, Gauge>;
  private wholeAt: number;

  constructor(registry: Registry, now: () => number = Date.now) {
    this.wholeAt = now();
    const registers = [registry];
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
    this.rebuilds = new Counter({
      name: 'marquee_projection_rebuilds_total',
      help: 'Rebuilds of the projection that were switched in, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.rebuildSeconds = new Histogram({
      name: 'marquee_projection_rebuild_seconds',
      help: 'Time from the reason to the switch',
      buckets: [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32],
      registers,
    });
    this.repairs = new Counter({
      name: 'marquee_projection_repairs_total',
      help: 'Differences from the record that were repaired in place, by kind',
      labelNames: ['kind'],
      registers,
    });
    this.stale = gauge('marquee_projection_stale', 'Whether the projection cannot be reached or trusted');
    this.state = {
      epoch: gauge('marquee_projection_epoch', 'The epoch of the projection'),
      seq: gauge('marquee_projection_seq', 'The position in the epoch'),
      sessions: gauge('marquee_projection_sessions', 'Open sessions in the projection'),
    };
    const age: Gauge = new Gauge({
      name: 'marquee_projection_age_seconds',
      help: 'Time since the projection was last seen whole',
      registers,
      collect: () => age.set((now() - this.wholeAt) / 1000),
    });
    this.stale.set(1);
  }

  saw({ isWhole, ...seen }: SeenProjection & { isWhole: boolean }): void {
    this.stale.set(isWhole ? 0 : 1);
    for (const [name, value] of Object.entries(seen)) this.state[name as keyof SeenProjection].set(value);
    if (isWhole) this.wholeAt = Date.now();
  }

  /** It could not be looked at. */
  lookedInVain(): void {
    this.stale.set(1);
  }
}

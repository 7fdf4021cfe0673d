import type { Freshness } from '#libs/contracts';
import { Gauge, type Registry } from 'prom-client';

/** Shows how fresh what a reader holds is, whenever metrics are read. */
export function measureFreshness(registry: Registry, look: () => Freshness): void {
  const registers = [registry];
  const freshAt: Gauge = new Gauge({
    name: 'marquee_reader_fresh_at_seconds',
    help: 'Unix time, by Redis’ clock, up to which this process holds all that producers have said; 0: not known',
    registers,
    collect: () => freshAt.set((look().freshAt ?? 0) / 1000),
  });
  const stale: Gauge = new Gauge({
    name: 'marquee_reader_stale',
    help: '1 while this process says with its answers that they may be old, else 0',
    registers,
    collect: () => stale.set(look().isStale ? 1 : 0),
  });
}

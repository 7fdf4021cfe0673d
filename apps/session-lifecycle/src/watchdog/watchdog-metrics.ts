import { Gauge, type Registry } from 'prom-client';

/** What this process knows of the watch. */
export class WatchdogMetrics {
  private readonly holder: Gauge;
  private watermark: number | null = null;

  constructor(registry: Registry, now: () => number = Date.now) {
    const registers = [registry];
    this.holder = new Gauge({
      name: 'marquee_watchdog_holder',
      help: 'Whether this process is the one that ends silent sessions',
      registers,
    });
    const age: Gauge = new Gauge({
      name: 'marquee_watermark_age_seconds',
      help: 'How far the ingest watermark is behind the clock; only of the process that holds the watch',
      registers,
      collect: () => {
        if (this.watermark === null) age.remove();
        else age.set((now() - this.watermark) / 1000);
      },
    });
  }

  holds(isHolder: boolean): void {
    this.holder.set(isHolder ? 1 : 0);
    if (!isHolder) this.watermark = null;
  }

  knows(watermark: number | null): void {
    if (watermark !== null) this.watermark = watermark;
  }
}

import type { OutboxBacklog } from '#libs/session-store';
import { Gauge, type Registry } from 'prom-client';

/** What was recorded and Redis was not told yet, of all processes, as this one saw it last. */
export class OutboxMetrics {
  private readonly rows: Gauge;
  private oldestSince: number | null = null;

  constructor(registry: Registry, now: () => number = Date.now) {
    const registers = [registry];
    this.rows = new Gauge({
      name: 'marquee_outbox_rows',
      help: 'Rows of the outbox, up to 10 000: slices of which Redis was not told yet, or whose rows are about to be deleted',
      registers,
    });
    const oldest: Gauge = new Gauge({
      name: 'marquee_outbox_oldest_seconds',
      help: 'Time since the oldest of them was recorded; 0 when there is none. Above 2: Redis does not take what is recorded',
      registers,
      collect: () => oldest.set(this.oldestSince === null ? 0 : (now() - this.oldestSince) / 1000),
    });
  }

  saw({ rows, oldestMs }: OutboxBacklog, now = Date.now()): void {
    this.rows.set(rows);
    this.oldestSince = rows === 0 ? null : now - oldestMs;
  }
}

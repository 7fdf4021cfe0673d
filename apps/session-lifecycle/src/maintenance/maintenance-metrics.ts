import { Counter, Gauge, type Registry } from 'prom-client';

/** What leaves the record, and how old what it has is. */
export class MaintenanceMetrics {
  private readonly holder: Gauge;
  private readonly oldest: Gauge;
  private readonly leftRows: Counter;
  private readonly failing: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.holder = new Gauge({
      name: 'marquee_maintenance_holder',
      help: 'Whether this process is the one that takes away what is old',
      registers,
    });
    this.oldest = new Gauge({
      name: 'marquee_oldest_row_seconds',
      help: 'Age of the oldest row of a table, or of its oldest partition; only of the process that takes away what is old',
      labelNames: ['table'],
      registers,
    });
    this.leftRows = new Counter({
      name: 'marquee_left_rows_total',
      help: 'Rows that were taken away, or rolled up; those of a dropped partition by estimate',
      labelNames: ['table'],
      registers,
    });
    this.failing = new Gauge({
      name: 'marquee_maintenance_failing',
      help: 'Whether what is old cannot be taken away from a table at present',
      labelNames: ['table'],
      registers,
    });
  }

  holds(isHolder: boolean): void {
    this.holder.set(isHolder ? 1 : 0);
    if (isHolder) return;
    this.oldest.reset();
    this.failing.reset();
  }

  isOld(table: string, ageMs: number | null): void {
    this.oldest.set({ table }, ageMs === null ? 0 : Math.max(ageMs / 1000, 0));
  }

  left(table: string, rows: number): void {
    this.leftRows.inc({ table }, rows);
  }

  fails(table: string, isFailing: boolean): void {
    this.failing.set({ table }, isFailing ? 1 : 0);
  }
}

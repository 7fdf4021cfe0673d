import type { TopicName } from '#libs/contracts';
import { Counter, Histogram, type Registry } from 'prom-client';

/** What the people who run it look at. */
export class LifecycleMetrics {
  private readonly records: Counter;
  private readonly slices: Histogram;

  constructor(registry: Registry) {
    this.records = new Counter({
      name: 'marquee_ingested_records_total',
      help: 'Records taken for good, by topic',
      labelNames: ['topic'],
      registers: [registry],
    });
    this.slices = new Histogram({
      name: 'marquee_slice_seconds',
      help: 'Time to record and project one slice, by topic',
      labelNames: ['topic'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
      registers: [registry],
    });
  }

  /** Runs the work of a slice and counts it when it succeeds. */
  async timeSlice(topic: TopicName, records: number, work: () => Promise<void>): Promise<void> {
    const done = this.slices.startTimer({ topic });
    await work();
    done();
    this.records.inc({ topic }, records);
  }
}

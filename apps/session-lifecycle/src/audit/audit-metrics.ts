import { Gauge, type Registry } from 'prom-client';
import type { PartitionAudit } from './partition-audit';

interface OpenQuarantine {
  topic: string;
  reason: string;
  count: number;
}

/** How far the ingest is behind the log, seen from outside of the consumers. */
export class AuditMetrics {
  private readonly lag: Gauge;
  private readonly isAway: Gauge;
  private readonly missing: Gauge;
  private readonly quarantine: Gauge;
  private readonly ranged: Gauge;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string, labelNames: string[]) =>
      new Gauge({ name, help, labelNames, registers: [registry] });
    this.lag = gauge('marquee_lag_records', 'Offsets between what was ingested and the end of the log', [
      'topic',
      'partition',
    ]);
    this.isAway = gauge('marquee_log_is_away', 'Whether the log or the record could not be asked how far they go', []);
    this.missing = gauge('marquee_missing_offsets', 'Offsets of the log that were missed for good', ['topic']);
    this.ranged = gauge(
      'marquee_quarantine_range_messages',
      'Unreadable messages for which the quarantine is full: only Kafka has their bytes, until its retention ends. Act before that',
      ['topic'],
    );
    this.quarantine = gauge('marquee_quarantine_open', 'Open rows of the quarantine', ['topic', 'reason']);
  }

  looked(partitions: readonly PartitionAudit[] | null): void {
    this.isAway.set(partitions ? 0 : 1);
    for (const { topic, partition, lag } of partitions ?? []) this.lag.set({ topic, partition }, lag);
  }

  missed(topics: readonly string[], missing: ReadonlyMap<string, number>): void {
    for (const topic of topics) this.missing.set({ topic }, missing.get(topic) ?? 0);
  }

  quarantined(open: readonly OpenQuarantine[]): void {
    this.quarantine.reset();
    for (const { topic, reason, count } of open) this.quarantine.set({ topic, reason }, count);
  }

  beyondQuarantine(topics: readonly string[], messages: ReadonlyMap<string, number>): void {
    for (const topic of topics) this.ranged.set({ topic }, messages.get(topic) ?? 0);
  }
}

import { Injectable } from '@nestjs/common';
import { LogBounds, type PartitionBounds } from '#libs/event-log';
import { type Periodic, every } from '#libs/service-host';
import {
  type FoundGap,
  IngestProgress,
  type PartitionProgress,
  Quarantine,
  QuarantineRanges,
} from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { noteGap } from '../ingest/note-gap';
import { recreated } from '../ingest/starting-place';
import { TopicConsumers } from '../ingest/topic-consumers';
import { TopicNames } from '../kafka/topic-names';
import { AuditMetrics } from './audit-metrics';
import type { PartitionAudit } from './partition-audit';

const AUDIT_EVERY_MS = 5000;

/** Looks at how far the log goes and how far it was ingested, from outside of the consumers: what is missed is told. */
@Injectable()
export class Auditor {
  private periodic: Periodic | undefined;
  /** How far the partitions had been ingested at the last look. */
  private readonly ingested = new Map<string, string>();
  /** What the last look saw. */
  private seen: readonly PartitionAudit[] = [];
  /** Partitions whose consumer was told that the record went back. */
  private readonly toldBack = new Set<string>();
  /** Topics of which is told that messages stand in Kafka alone. */
  private beyond = new Set<string>();

  constructor(
    private readonly names: TopicNames,
    private readonly bounds: LogBounds,
    private readonly progress: IngestProgress,
    private readonly quarantine: Quarantine,
    private readonly ranges: QuarantineRanges,
    private readonly consumers: TopicConsumers,
    private readonly metrics: AuditMetrics,
    private readonly log: PinoLogger,
  ) {}

  start(): void {
    this.periodic = every(AUDIT_EVERY_MS, 'auditing the log', this.log, () => this.auditOrSaySo());
  }

  async stop(): Promise<void> {
    await this.periodic?.stop();
  }

  /** All partitions of all topics. */
  async partitions(): Promise<PartitionAudit[]> {
    const topics = this.names.all();
    const { bounds } = await this.bounds.fetch(topics);
    const progress = await this.progress.of(topics);
    const known = new Map(progress.map((one) => [`${one.topic}/${one.partition}`, one]));
    return bounds.map((one) => audited(one, known.get(`${one.topic}/${one.partition}`)));
  }

  /** How far the partitions were at the last look; none before the first. */
  get lastSeen(): readonly PartitionAudit[] {
    return this.seen;
  }

  gaps(): Promise<FoundGap[]> {
    return this.progress.gaps(this.names.all());
  }

  /** What consumers passed without a record to record it with. */
  async notePassed(): Promise<void> {
    for (const [topic, { passed }] of this.consumers.statuses()) {
      const name = this.names.nameOf(topic);
      for (const { partition, from, to } of passed) await this.progress.passed(name, partition, from, to);
    }
  }

  private async auditOrSaySo(): Promise<void> {
    try {
      await this.audit();
    } catch (error) {
      this.metrics.looked(null);
      throw error;
    }
  }

  private async audit(): Promise<void> {
    const { names, progress, quarantine, ranges, metrics } = this;
    const topics = names.all();
    await this.notePassed();
    const committed = await this.committed();
    const partitions = await this.partitions();
    this.seen = partitions;
    metrics.looked(partitions);
    this.noteWentBack(partitions, committed);
    await this.noteRecreated(partitions);
    metrics.missed(topics, await progress.missing(topics));
    metrics.quarantined(await quarantine.open(topics));
    this.noteBeyond(topics, await ranges.messages(topics));
  }

  /** Told once until there are none any more. */
  private noteBeyond(topics: readonly string[], messages: ReadonlyMap<string, number>): void {
    this.metrics.beyondQuarantine(topics, messages);
    for (const [topic, count] of messages) {
      if (this.beyond.has(topic)) continue;
      const what = 'the quarantine is full: only Kafka has the bytes of unreadable messages, until its retention ends';
      this.log.error({ topic, messages: count }, what);
    }
    this.beyond = new Set(messages.keys());
  }

  /** What the groups have committed, asked before the progress: a record that did not go back has at least that. */
  private async committed(): Promise<Map<string, string>> {
    const { names, bounds, seen } = this;
    const found = new Map<string, string>();
    for (const name of names.all()) {
      const topic = names.topicOf(name);
      const partitions = seen.filter((one) => one.topic === name).map(({ partition }) => partition);
      if (topic === undefined || partitions.length === 0) continue;
      for (const [partition, offset] of await bounds.committed(names.groupOf(topic), name, partitions))
        if (offset !== null) found.set(`${name}/${partition}`, offset);
    }
    return found;
  }

  /**
   * Where the record has less than was committed, a backup was restored under the running consumers. They would notice with
   * the next message, which may be long in coming. They are told once: what they read again is committed only later.
   */
  private noteWentBack(partitions: readonly PartitionAudit[], committed: ReadonlyMap<string, string>): void {
    for (const { topic, partition, high, nextOffset } of partitions) {
      const place = `${topic}/${partition}`;
      const [before, name] = [committed.get(place), this.names.topicOf(topic)];
      const wentBack =
        before !== undefined && BigInt(before) > BigInt(nextOffset ?? 0) && BigInt(before) <= BigInt(high);
      if (!wentBack) this.toldBack.delete(place);
      if (!wentBack || name === undefined || this.toldBack.has(place)) continue;
      this.toldBack.add(place);
      const now = nextOffset ?? 'nothing';
      this.consumers.beginAnew(name, new Error(`the record went back in ${place}: ${before} committed, has ${now}`));
    }
  }

  /** A log that ends before what was ingested a while ago is another log: its consumers have to begin anew. */
  private async noteRecreated(partitions: readonly PartitionAudit[]): Promise<void> {
    for (const { topic, partition, low, high, nextOffset } of partitions) {
      const place = `${topic}/${partition}`;
      const before = this.ingested.get(place);
      if (nextOffset !== null) this.ingested.set(place, nextOffset);
      if (before === undefined || BigInt(before) <= BigInt(high)) continue;
      const gap = recreated({ topic, partition, high, next: nextOffset ?? before });
      await noteGap(gap, low, this.progress, this.log);
      this.ingested.delete(place);
    }
  }
}

function audited(bounds: PartitionBounds, progress: PartitionProgress | undefined): PartitionAudit {
  const next = progress?.nextOffset ?? null;
  const behind = BigInt(bounds.high) - BigInt(next ?? bounds.low);
  return {
    ...bounds,
    nextOffset: next,
    brokerTime: progress?.brokerTime ?? null,
    lag: behind > 0n ? Number(behind) : 0,
  };
}

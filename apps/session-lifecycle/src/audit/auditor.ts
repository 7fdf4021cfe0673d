import type { ConsumerStatus, LogBounds, PartitionBounds, StartingPlace } from '#libs/event-log';
import { type Periodic, every } from '#libs/service-host';
import type {
  FoundGap,
  Gap,
  IngestProgress,
  PartitionProgress,
  Quarantine,
  QuarantineRanges,
} from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import type { AuditMetrics } from './audit-metrics';
import { recreated, startingPlace } from './starting-place';

const AUDIT_EVERY_MS = 5000;

export interface AuditorOptions {
  bounds: LogBounds;
  progress: IngestProgress;
  quarantine: Quarantine;
  ranges: QuarantineRanges;
  /** Names of topics, and of the groups that read them. */
  groups: ReadonlyMap<string, string>;
  /** The consumers of this process, by topic. */
  statuses: () => ReadonlyMap<string, ConsumerStatus>;
  metrics: AuditMetrics;
  log: PinoLogger;
}

/** How far a partition has come, and how far it is behind. */
export interface PartitionAudit extends PartitionBounds {
  nextOffset: string | null;
  brokerTime: number | null;
  lag: number;
}

/** Looks at how far the log goes and how far it was ingested, from outside of the consumers: what is missed is told. */
export class Auditor {
  private periodic: Periodic | undefined;
  /** How far the partitions had been ingested at the last look. */
  private readonly ingested = new Map<string, string>();
  /** Topics of which is told that messages stand in Kafka alone. */
  private beyond = new Set<string>();

  constructor(private readonly options: AuditorOptions) {}

  start(): void {
    this.periodic = every(AUDIT_EVERY_MS, 'auditing the log', this.options.log, () => this.auditOrSaySo());
  }

  async stop(): Promise<void> {
    await this.periodic?.stop();
  }

  /** Where a consumer begins with the partitions that it was given; what is out of order is written down. */
  async startAt(topic: string, partitions: number[]): Promise<StartingPlace[]> {
    const { bounds: log, progress, groups } = this.options;
    const committed = await log.committed(groups.get(topic) ?? '', topic, partitions);
    const { bounds } = await log.fetch([topic]);
    const known = new Map((await progress.of([topic])).map((one) => [one.partition, one]));
    const mine = new Set(partitions);
    const starts = bounds
      .filter(({ partition }) => mine.has(partition))
      .map((one) =>
        startingPlace({
          bounds: one,
          committed: committed.get(one.partition) ?? null,
          progress: known.get(one.partition),
        }),
      );
    for (const { partition, offset, gap } of starts) {
      if (gap && (await progress.note(gap, offset))) this.tell(gap);
      await progress.begin(topic, partition, offset);
    }
    return starts.map(({ partition, offset }) => ({ partition, offset }));
  }

  /** All partitions of all topics. */
  async partitions(): Promise<PartitionAudit[]> {
    const topics = [...this.options.groups.keys()];
    const { bounds } = await this.options.bounds.fetch(topics);
    const progress = await this.options.progress.of(topics);
    const known = new Map(progress.map((one) => [`${one.topic}/${one.partition}`, one]));
    return bounds.map((one) => audited(one, known.get(`${one.topic}/${one.partition}`)));
  }

  gaps(): Promise<FoundGap[]> {
    return this.options.progress.gaps([...this.options.groups.keys()]);
  }

  /** What consumers passed without a record to record it with. */
  async notePassed(): Promise<void> {
    for (const [topic, { passed }] of this.options.statuses()) {
      for (const { partition, from, to } of passed) await this.options.progress.passed(topic, partition, from, to);
    }
  }

  private async auditOrSaySo(): Promise<void> {
    try {
      await this.audit();
    } catch (error) {
      this.options.metrics.looked(null);
      throw error;
    }
  }

  private async audit(): Promise<void> {
    const { progress, quarantine, ranges, groups, metrics } = this.options;
    const topics = [...groups.keys()];
    await this.notePassed();
    const partitions = await this.partitions();
    metrics.looked(partitions);
    await this.noteRecreated(partitions);
    metrics.missed(topics, await progress.missing(topics));
    metrics.quarantined(await quarantine.open(topics));
    this.noteBeyond(topics, await ranges.messages(topics));
  }

  /** Told once until there are none any more. */
  private noteBeyond(topics: readonly string[], messages: ReadonlyMap<string, number>): void {
    this.options.metrics.beyondQuarantine(topics, messages);
    for (const [topic, count] of messages) {
      if (this.beyond.has(topic)) continue;
      const what = 'the quarantine is full: only Kafka has the bytes of unreadable messages, until its retention ends';
      this.options.log.error({ topic, messages: count }, what);
    }
    this.beyond = new Set(messages.keys());
  }

  /** A log that ends before what was ingested a while ago is another log: its consumers have to begin anew. */
  private async noteRecreated(partitions: readonly PartitionAudit[]): Promise<void> {
    for (const { topic, partition, low, high, nextOffset } of partitions) {
      const place = `${topic}/${partition}`;
      const before = this.ingested.get(place);
      if (nextOffset !== null) this.ingested.set(place, nextOffset);
      if (before === undefined || BigInt(before) <= BigInt(high)) continue;
      const gap = recreated({ topic, partition, high, next: nextOffset ?? before });
      if (await this.options.progress.note(gap, low)) this.tell(gap);
      this.ingested.delete(place);
    }
  }

  private tell({ topic, partition, kind, from, to, why }: Gap): void {
    const fields = { topic, partition, from, to, why };
    if (kind === 'missing') this.options.log.error(fields, 'offsets of the log are missing for good');
    else if (kind === 'recreated')
      this.options.log.error(fields, 'the log is another one; it is read from its beginning');
    else this.options.log.warn(fields, 'the log is read again');
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

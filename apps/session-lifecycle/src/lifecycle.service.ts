import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LogBounds, topicName, whyNotReady } from '#libs/event-log';
import { ProjectionWriter } from '#libs/live-projection';
import { Metrics, Readiness, Refusal } from '#libs/service-host';
import {
  IngestProgress,
  Outbox,
  ProjectionEpochs,
  Quarantine,
  QuarantineRanges,
  SessionStore,
  TopicPauses,
  ValidSources,
  WatchPost,
  createDataSource,
} from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { IngestAdmin } from './admin/ingest-admin';
import { AuditMetrics } from './audit/audit-metrics';
import { Auditor } from './audit/auditor';
import { LIFECYCLE_CONFIG, type LifecycleConfig, kafkaOptions } from './config';
import { FanOut } from './fan-out/fan-out';
import { FanOutMetrics } from './fan-out/fan-out-metrics';
import { Freshness } from './freshness/freshness';
import { FreshnessMetrics } from './freshness/freshness-metrics';
import { ClockMetrics } from './ingest/clock-metrics';
import { IngestMetrics } from './ingest/ingest-metrics';
import { TopicConsumers, groupsOf } from './ingest/topic-consumers';
import { TopicGates } from './ingest/topic-gates';
import { PartitionKeeper } from './partitions/partition-keeper';
import { prepare } from './prepare-stack';
import { Leftovers } from './projection/leftovers';
import { OutboxMetrics } from './projection/outbox-metrics';
import { ProjectionMetrics } from './projection/projection-metrics';
import { ProjectionKeeper } from './projection/projection.keeper';
import { Teller } from './projection/teller';
import { Watchdog } from './watchdog/watchdog';
import { WatchdogMetrics } from './watchdog/watchdog-metrics';

/** A slice takes milliseconds: who does not answer for so long is away. */
const ANSWER_MS = 10_000;
const STORM = { share: 0.05, withinMs: 10_000 };

/** From Kafka to the record and its projection, and all that watches over the way. */
@Injectable()
export class LifecycleService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly source;
  private readonly store: SessionStore;
  private readonly bounds: LogBounds;
  private readonly writer: ProjectionWriter;
  private readonly keeper: ProjectionKeeper;
  private readonly teller: Teller;
  private readonly leftovers: Leftovers;
  private readonly freshness: Freshness;
  private readonly fanOut: FanOut;
  private readonly gates: TopicGates;
  private readonly consumers: TopicConsumers;
  private readonly auditor: Auditor;
  private readonly watchdog: Watchdog;
  private readonly partitions: PartitionKeeper;
  private readonly ingestAdmin: IngestAdmin;
  private preparing: Promise<void> | undefined;
  private prepared = false;
  private stopping = false;

  constructor(
    @Inject(LIFECYCLE_CONFIG) private readonly config: LifecycleConfig,
    private readonly readiness: Readiness,
    { registry }: Metrics,
    private readonly log: PinoLogger,
  ) {
    const prefix = config.KAFKA_TOPIC_PREFIX;
    const kafka = kafkaOptions(config);
    const groups = groupsOf(prefix);
    this.source = createDataSource({ url: config.DATABASE_URL, name: 'session-lifecycle', answerWithinMs: ANSWER_MS });
    this.store = new SessionStore(this.source, {
      rows: config.QUARANTINE_ROWS,
      rowsPerSource: config.QUARANTINE_ROWS_PER_SOURCE,
    });
    this.bounds = new LogBounds(kafka);
    this.writer = new ProjectionWriter({ url: config.REDIS_URL, tag: config.REDIS_HASH_TAG });
    const outbox = new Outbox(this.source);
    this.teller = new Teller(this.writer, outbox, log);
    const { store, bounds, writer, teller } = this;
    this.keeper = new ProjectionKeeper({
      store,
      outbox,
      writer,
      epochs: new ProjectionEpochs(this.source),
      reconcileEveryMs: config.RECONCILE_EVERY_SECONDS * 1000,
      metrics: new ProjectionMetrics(registry),
      log,
    });
    const { keeper } = this;
    this.leftovers = new Leftovers({ outbox, writer, keeper, teller, metrics: new OutboxMetrics(registry), log });
    this.fanOut = new FanOut({ store, teller, metrics: new FanOutMetrics(registry), log });
    const metrics = new IngestMetrics(registry);
    const pauses = new TopicPauses(this.source);
    const quarantine = new Quarantine(this.source);
    const ranges = new QuarantineRanges(this.source);
    this.gates = new TopicGates({
      topics: [...groups.keys()],
      pauses,
      validSources: new ValidSources(this.source),
      limits: { ...STORM, messages: config.QUARANTINE_STORM_RECORDS },
      metrics,
      log,
    });
    const { gates } = this;
    const progress = new IngestProgress(this.source);
    this.auditor = new Auditor({
      bounds,
      progress,
      quarantine,
      ranges,
      groups,
      statuses: () => new Map([...this.consumers.statuses()].map(([topic, one]) => [topicName(prefix, topic), one])),
      metrics: new AuditMetrics(registry),
      log,
    });
    this.consumers = new TopicConsumers({
      teller,
      kafka,
      prefix,
      gates,
      store,
      startAt: (topic, partitions) => this.auditor.startAt(topic, partitions),
      metrics,
      clocks: new ClockMetrics(registry),
      log,
    });
    this.watchdog = new Watchdog({
      teller,
      post: new WatchPost(this.source, `${hostname()} ${process.pid} ${randomUUID()}`),
      bounds,
      progress,
      store,
      topic: topicName(prefix, 'sessions'),
      metrics: new WatchdogMetrics(registry),
      log,
    });
    this.partitions = new PartitionKeeper({ source: this.source, log });
    const topics = [...groups.keys()];
    this.freshness = new Freshness({
      topics,
      bounds,
      progress,
      outbox,
      writer,
      keeper,
      teller,
      auditor: this.auditor,
      metrics: new FreshnessMetrics(registry),
      log,
    });
    this.ingestAdmin = new IngestAdmin({
      teller,
      prefix,
      kafka,
      bounds,
      quarantine,
      ranges,
      store,
      pauses,
      topics,
      auditor: this.auditor,
    });
  }

  /** Throws a Refusal until everything is there. */
  admin(): IngestAdmin {
    if (this.prepared) return this.ingestAdmin;
    throw new Refusal(503, 'unavailable', 'the service is not prepared yet; ask again in a moment');
  }

  onApplicationBootstrap(): void {
    this.readiness.add('postgres', async () => {
      if (!this.prepared) throw new Error('not prepared yet');
      await this.store.pingForWrites();
      return {};
    });
    this.readiness.add('redis', async () => {
      const { lost, ...position } = await this.keeper.inspect();
      if (lost !== null) throw new Error(lost);
      return position;
    });
    for (const topic of this.consumers.statuses().keys()) {
      this.readiness.add(`kafka ${topic}`, async () => {
        this.gates.pass(topicName(this.config.KAFKA_TOPIC_PREFIX, topic));
        const status = this.consumers.statuses().get(topic);
        const reason = status ? whyNotReady(status, Date.now()) : 'not there';
        if (reason !== null) throw new Error(reason);
        return { ...status, standing: this.consumers.standing(topic) };
      });
    }
    this.preparing = this.begin();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.preparing;
    await Promise.all([this.consumers.stop(), this.watchdog.stop(), this.auditor.stop(), this.fanOut.stop()]);
    await this.partitions.stop();
    await this.gates.stop();
    await Promise.all([this.freshness.stop(), this.leftovers.stop(), this.keeper.stop()]);
    await this.teller.stop();
    await Promise.all([this.writer.close(), this.bounds.close()]);
    if (this.source.isInitialized) await this.source.destroy();
  }

  /** Tries until everything it stands on is there: a process does not end because a dependency starts later. */
  private async begin(): Promise<void> {
    for (let tries = 0; !this.stopping; tries++) {
      try {
        await prepare(this.config);
        if (!this.source.isInitialized) await this.source.initialize();
        await this.gates.start();
        this.prepared = true;
        const { keeper, teller, leftovers, consumers, fanOut, auditor, watchdog, freshness, partitions } = this;
        for (const part of [keeper, teller, leftovers, consumers, fanOut, auditor, watchdog, freshness, partitions])
          part.start();
        if (tries > 0) this.log.info({ tries }, 'everything that is needed is there');
        return;
      } catch (error) {
        this.log[tries === 0 ? 'warn' : 'debug']({ err: error }, 'not everything that is needed is there yet');
        await new Promise((resolve) => setTimeout(resolve, Math.min(200 * 2 ** tries, 5000)));
      }
    }
  }
}

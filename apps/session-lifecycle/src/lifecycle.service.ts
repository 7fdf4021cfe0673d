import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type TopicName, TOPICS } from '#libs/contracts';
import { SupervisedConsumer, topicName, whyNotReady } from '#libs/event-log';
import { ProjectionWriter } from '#libs/live-projection';
import { Metrics, Readiness } from '#libs/service-host';
import { SessionStore, createDataSource, isDatabaseOutage } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from './config';
import { ingestSlice } from './ingest';
import { LifecycleMetrics } from './lifecycle-metrics';
import { prepare } from './prepare-stack';
import { ProjectionMetrics } from './projection-metrics';
import { ProjectionKeeper } from './projection.keeper';
import { RECORD_SLICE } from './record-slice';

/** From Kafka to the record and its projection: one consumer per topic, each supervised. */
@Injectable()
export class LifecycleService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly source;
  private readonly store: SessionStore;
  private readonly writer: ProjectionWriter;
  private readonly keeper: ProjectionKeeper;
  private readonly consumers: Map<TopicName, SupervisedConsumer>;
  private readonly metrics: LifecycleMetrics;
  private preparing: Promise<void> | undefined;
  private prepared = false;
  private stopping = false;

  constructor(
    @Inject(LIFECYCLE_CONFIG) private readonly config: LifecycleConfig,
    private readonly readiness: Readiness,
    metrics: Metrics,
    private readonly log: PinoLogger,
  ) {
    this.source = createDataSource({ url: config.DATABASE_URL, name: 'session-lifecycle' });
    this.store = new SessionStore(this.source);
    this.writer = new ProjectionWriter({ url: config.REDIS_URL, tag: config.REDIS_HASH_TAG });
    this.keeper = new ProjectionKeeper(this.store, this.writer, log, {
      reconcileEveryMs: config.RECONCILE_EVERY_SECONDS * 1000,
      metrics: new ProjectionMetrics(metrics.registry),
    });
    this.metrics = new LifecycleMetrics(metrics.registry);
    const topics = Object.keys(TOPICS) as TopicName[];
    this.consumers = new Map(topics.map((topic) => [topic, this.consumerOf(topic)]));
  }

  onApplicationBootstrap(): void {
    this.readiness.add('postgres', async () => {
      if (!this.prepared) throw new Error('not prepared yet');
      await this.store.ping();
      return {};
    });
    this.readiness.add('redis', async () => {
      const { lost, ...position } = await this.keeper.inspect();
      if (lost !== null) throw new Error(lost);
      return position;
    });
    for (const [topic, consumer] of this.consumers) {
      this.readiness.add(`kafka ${topic}`, async () => {
        const status = consumer.status();
        const reason = whyNotReady(status, Date.now());
        if (reason !== null) throw new Error(reason);
        return { ...status };
      });
    }
    this.preparing = this.begin();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.preparing;
    await Promise.all([...this.consumers.values()].map((consumer) => consumer.stop()));
    await this.keeper.stop();
    await this.writer.close();
    if (this.source.isInitialized) await this.source.destroy();
  }

  /** Tries until everything it stands on is there: a process does not end because a dependency starts later. */
  private async begin(): Promise<void> {
    for (let tries = 0; !this.stopping; tries++) {
      try {
        await prepare(this.source, this.config);
        this.prepared = true;
        this.keeper.start();
        for (const consumer of this.consumers.values()) consumer.start();
        return;
      } catch (error) {
        this.log.warn({ err: error }, 'not everything that is needed is there yet');
        await new Promise((resolve) => setTimeout(resolve, Math.min(200 * 2 ** tries, 5000)));
      }
    }
  }

  private consumerOf(topic: TopicName): SupervisedConsumer {
    const { KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix } = this.config;
    return new SupervisedConsumer({
      brokers,
      clientId: 'session-lifecycle',
      groupId: `${prefix}.lifecycle.${topic}`,
      topic: topicName(prefix, topic),
      isOutage: isDatabaseOutage,
      probe: () => this.store.ping(),
      log: (level, message, fields) => this.log[level === 'error' ? 'warn' : level]({ ...fields, topic }, message),
      handle: (slice) =>
        this.metrics.timeSlice(topic, slice.records.length, () =>
          ingestSlice(slice, {
            store: this.store,
            record: RECORD_SLICE[topic],
            ticket: () => this.keeper.ticket(),
            project: (changes, ticket) => this.keeper.project(changes, ticket),
            onBug: (error, { place }) =>
              this.log.error({ err: error, ...place }, 'a readable record could not be taken'),
          }),
        ),
    });
  }
}

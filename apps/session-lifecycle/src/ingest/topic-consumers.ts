import { Inject, Injectable } from '@nestjs/common';
import { TOPICS, type TopicName } from '#libs/contracts';
import {
  type ConsumerStatus,
  type FetchLimits,
  type Slice,
  type SliceLimits,
  SupervisedConsumer,
} from '#libs/event-log';
import { describeError } from '#libs/service-host';
import { DatabaseAway, SessionStore } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import { LIFECYCLE_CONFIG, type LifecycleConfig, horizonMsOf, kafkaOptions } from '../config';
import { TopicNames } from '../kafka/topic-names';
import { Portion } from '../portion';
import { Teller } from '../projection/teller';
import { CountsStore } from '../record/counts.store';
import { ClockMetrics } from './clock-metrics';
import { type GatherLimits, GatheredSlices } from './gathered-slices';
import { IngestMetrics } from './ingest-metrics';
import { type IngestOptions, ingestSlice } from './ingest-slice';
import { ingestTogether } from './ingest-together';
import { ALARMING_TRIES, OffsetTries, type TriedOffset } from './offset-tries';
import { StartingPlaces } from './starting-places';
import { PausedTopics, TopicPaused } from './paused-topics';

const MB = 1_000_000;
/**
 * Events of a slice collapse to one write for each session, counts to one for each session and 10 s: the larger it is, the
 * fewer writes.
 */
const SLICES: Record<TopicName, SliceLimits> = {
  sessions: { records: 20_000, bytes: 4 * MB },
  viewers: { records: 25_000, bytes: 6 * MB },
  directory: { records: 500, bytes: 2 * MB },
};
const FETCHES: Record<TopicName, FetchLimits> = {
  sessions: { bytes: 16 * MB, bytesPerPartition: 4 * MB },
  viewers: { bytes: 12 * MB, bytesPerPartition: 2.5 * MB },
  directory: { bytes: 4 * MB, bytesPerPartition: MB },
};
/**
 * While one waits for the database another is read. Of viewers it is all partitions that a fetch brings, for they are
 * gathered; so many groups of them are under way as leave a connection of their pool free.
 */
const PARTITIONS_AT_ONCE: Record<TopicName, number> = { sessions: 4, viewers: 64, directory: 2 };
const GROUPS: GatherLimits = { full: SLICES.viewers.records, apartMs: 50, firstMs: 5, atOnce: 2 };

/** One consumer per topic, each supervised: a slow topic holds up no other. */
@Injectable()
export class TopicConsumers {
  private readonly consumers: ReadonlyMap<TopicName, SupervisedConsumer>;
  private readonly portions: Record<TopicName, Portion> = {
    sessions: new Portion(SLICES.sessions.records),
    viewers: new Portion(SLICES.viewers.records),
    directory: new Portion(SLICES.directory.records),
  };
  private readonly tries = new OffsetTries();
  private readonly gathered = new GatheredSlices({
    limits: GROUPS,
    record: (group) => ingestTogether(group, this.ingestOptions('viewers')),
    mayGather: () => this.portions.viewers.isWhole(Date.now()),
    isOutage: (error) => error instanceof DatabaseAway,
  });

  constructor(
    @Inject(LIFECYCLE_CONFIG) private readonly config: LifecycleConfig,
    private readonly names: TopicNames,
    private readonly startingPlaces: StartingPlaces,
    private readonly pausedTopics: PausedTopics,
    private readonly store: SessionStore,
    private readonly countsStore: CountsStore,
    private readonly teller: Teller,
    private readonly metrics: IngestMetrics,
    private readonly clocks: ClockMetrics,
    private readonly log: PinoLogger,
  ) {
    const topics = Object.keys(TOPICS) as TopicName[];
    this.consumers = new Map(topics.map((topic) => [topic, this.consumerOf(topic)]));
    metrics.watch(() => this.statuses());
    metrics.watchTries((topic) => this.tries.most(names.nameOf(topic)));
  }

  start(): void {
    for (const consumer of this.consumers.values()) consumer.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.consumers.values()].map((consumer) => consumer.stop()));
  }

  /** Lets the consumer of a topic find its places anew. */
  beginAnew(topic: TopicName, why: Error): void {
    this.consumers.get(topic)?.beginAnew(why);
  }

  statuses(): Map<TopicName, ConsumerStatus> {
    return new Map([...this.consumers].map(([topic, consumer]) => [topic, consumer.status()]));
  }

  private consumerOf(topic: TopicName): SupervisedConsumer {
    const { names, startingPlaces, pausedTopics, log } = this;
    const store = this.storeOf(topic);
    const name = names.nameOf(topic);
    return new SupervisedConsumer({
      ...kafkaOptions(this.config),
      groupId: names.groupOf(topic),
      topic: name,
      compacted: TOPICS[topic].compacted,
      slices: SLICES[topic],
      fetch: FETCHES[topic],
      partitionsAtOnce: PARTITIONS_AT_ONCE[topic],
      isOutage: async (error) => error instanceof TopicPaused || (await store.whatFailed(error)) === 'away',
      probe: (outage) => (outage instanceof TopicPaused ? pausedTopics.probe(name) : store.pingForWrites()),
      startAt: (partitions) => startingPlaces.of(topic, partitions),
      handle: (slice) => this.take(topic, slice),
      log: (level, message, fields) => log[level === 'error' ? 'warn' : level]({ ...fields, topic }, message),
    });
  }

  /** The places of a topic that are tried again and again. */
  standing(topic: TopicName): TriedOffset[] {
    return this.tries.alarming(this.names.nameOf(topic));
  }

  private async take(topic: TopicName, slice: Slice): Promise<string> {
    try {
      const reached = await this.ingest(topic, slice);
      if (reached === slice.fromOffset) this.inVain(slice, 'it was too much at once');
      else this.passed(slice);
      return reached;
    } catch (error) {
      this.inVain(slice, describeError(error));
      throw error;
    }
  }

  private async ingest(topic: TopicName, slice: Slice): Promise<string> {
    return this.metrics.timeSlice(topic, slice.records.at(-1)?.timestamp, () =>
      topic === 'viewers' ? this.gathered.take(slice) : ingestSlice(topic, slice, this.ingestOptions(topic)),
    );
  }

  private ingestOptions(topic: TopicName): IngestOptions {
    const { pausedTopics, metrics, clocks, teller, log } = this;
    const [store, horizonMs, portion] = [this.storeOf(topic), horizonMsOf(this.config), this.portions[topic]];
    return { store, pausedTopics, metrics, clocks, teller, horizonMs, portion, log };
  }

  /** Counts have connections of their own: they never hold up a start. */
  private storeOf(topic: TopicName): SessionStore {
    return topic === 'viewers' ? this.countsStore : this.store;
  }

  private inVain({ topic, partition, fromOffset }: Slice, reason: string): void {
    const tried = this.tries.inVain(topic, partition, fromOffset, Date.now());
    if (tried.tries !== ALARMING_TRIES) return;
    this.log.error({ ...tried, reason }, 'the same offset is tried again and again');
  }

  private passed({ topic, partition }: Slice): void {
    const stood = this.tries.passed(topic, partition);
    if (stood) this.log.info({ ...stood }, 'an offset that was tried again and again is passed');
  }
}

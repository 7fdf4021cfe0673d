import { TOPICS, type TopicName } from '#libs/contracts';
import {
  type ConsumerStatus,
  type KafkaOptions,
  type Slice,
  type SliceLimits,
  type StartingPlace,
  SupervisedConsumer,
  topicName,
} from '#libs/event-log';
import { describeError } from '#libs/service-host';
import type { PinoLogger } from 'nestjs-pino';
import { Portion } from '../portion';
import { type IngestOptions, ingestSlice } from './ingest-slice';
import { ALARMING_TRIES, OffsetTries, type TriedOffset } from './offset-tries';
import { TopicPaused } from './topic-gates';

/**
 * Events of a slice collapse to one write for each session, counts to one for each session and 10 s: the larger it is, the
 * fewer writes. Of sessions there are no more than Postgres has locks for their rooms.
 */
const SLICES: Record<TopicName, SliceLimits> = {
  sessions: { records: 5000, keys: 1000 },
  viewers: { records: 25_000 },
  directory: { records: 500 },
};
/** While one waits for the database another is read. */
const PARTITIONS_AT_ONCE: Record<TopicName, number> = { sessions: 2, viewers: 3, directory: 2 };

export interface TopicConsumersOptions extends Omit<IngestOptions, 'portion' | 'log'> {
  kafka: KafkaOptions;
  /** Of the topics' names, and of the groups'. */
  prefix: string;
  startAt: (topic: string, partitions: number[]) => Promise<StartingPlace[]>;
  log: PinoLogger;
}

/** The names of the topics, and of the groups that read them. */
export function groupsOf(prefix: string): Map<string, string> {
  return new Map(names().map((topic) => [topicName(prefix, topic), `${prefix}.lifecycle.${topic}`]));
}

/** One consumer per topic, each supervised: a slow topic holds up no other. */
export class TopicConsumers {
  private readonly consumers: ReadonlyMap<TopicName, SupervisedConsumer>;
  private readonly portions: Record<TopicName, Portion> = {
    sessions: new Portion(SLICES.sessions.records),
    viewers: new Portion(SLICES.viewers.records),
    directory: new Portion(SLICES.directory.records),
  };
  private readonly tries = new OffsetTries();

  constructor(private readonly options: TopicConsumersOptions) {
    this.consumers = new Map(names().map((topic) => [topic, this.consumerOf(topic)]));
    options.metrics.watch(() => this.statuses());
    options.metrics.watchTries((topic) => this.tries.most(topicName(options.prefix, topic)));
  }

  start(): void {
    for (const consumer of this.consumers.values()) consumer.start();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.consumers.values()].map((consumer) => consumer.stop()));
  }

  statuses(): Map<TopicName, ConsumerStatus> {
    return new Map([...this.consumers].map(([topic, consumer]) => [topic, consumer.status()]));
  }

  private consumerOf(topic: TopicName): SupervisedConsumer {
    const { kafka, prefix, startAt, gates, store, log } = this.options;
    const name = topicName(prefix, topic);
    return new SupervisedConsumer({
      ...kafka,
      groupId: groupsOf(prefix).get(name) ?? name,
      topic: name,
      compacted: TOPICS[topic].compacted,
      slices: SLICES[topic],
      partitionsAtOnce: PARTITIONS_AT_ONCE[topic],
      isOutage: async (error) => error instanceof TopicPaused || (await store.whatFailed(error)) === 'away',
      probe: (outage) => (outage instanceof TopicPaused ? gates.probe(name) : store.pingForWrites()),
      startAt: (partitions) => startAt(name, partitions),
      handle: (slice) => this.take(topic, slice),
      log: (level, message, fields) => log[level === 'error' ? 'warn' : level]({ ...fields, topic }, message),
    });
  }

  /** The places of a topic that are tried again and again. */
  standing(topic: TopicName): TriedOffset[] {
    return this.tries.alarming(topicName(this.options.prefix, topic));
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
    const { gates, metrics, clocks, store, teller, log } = this.options;
    return metrics.timeSlice(topic, slice.records.at(-1)?.timestamp, () =>
      ingestSlice(topic, slice, {
        store,
        gates,
        metrics,
        clocks,
        teller,
        portion: this.portions[topic],
        log,
      }),
    );
  }

  private inVain({ topic, partition, fromOffset }: Slice, reason: string): void {
    const tried = this.tries.inVain(topic, partition, fromOffset, Date.now());
    if (tried.tries !== ALARMING_TRIES) return;
    this.options.log.error({ ...tried, reason }, 'the same offset is tried again and again');
  }

  private passed({ topic, partition }: Slice): void {
    const stood = this.tries.passed(topic, partition);
    if (stood) this.options.log.info({ ...stood }, 'an offset that was tried again and again is passed');
  }
}

function names(): TopicName[] {
  return Object.keys(TOPICS) as TopicName[];
}

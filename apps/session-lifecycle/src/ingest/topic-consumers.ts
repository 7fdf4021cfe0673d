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
import { isDatabaseOutage } from '#libs/session-store';
import type { PinoLogger } from 'nestjs-pino';
import type { IngestMetrics } from './ingest-metrics';
import { type IngestOptions, ingestSlice } from './ingest-slice';
import { type TopicGates, TopicPaused } from './topic-gates';

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

export interface TopicConsumersOptions extends Pick<IngestOptions, 'store' | 'ticket' | 'project'> {
  kafka: KafkaOptions;
  /** Of the topics' names, and of the groups'. */
  prefix: string;
  gates: TopicGates;
  startAt: (topic: string, partitions: number[]) => Promise<StartingPlace[]>;
  metrics: IngestMetrics;
  log: PinoLogger;
}

/** The names of the topics, and of the groups that read them. */
export function groupsOf(prefix: string): Map<string, string> {
  return new Map(names().map((topic) => [topicName(prefix, topic), `${prefix}.lifecycle.${topic}`]));
}

/** One consumer per topic, each supervised: a slow topic holds up no other. */
export class TopicConsumers {
  private readonly consumers: ReadonlyMap<TopicName, SupervisedConsumer>;

  constructor(private readonly options: TopicConsumersOptions) {
    this.consumers = new Map(names().map((topic) => [topic, this.consumerOf(topic)]));
    options.metrics.watch(() => this.statuses());
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
      isOutage: (error) => isDatabaseOutage(error) || error instanceof TopicPaused,
      probe: (outage) => (outage instanceof TopicPaused ? gates.probe(name) : store.ping()),
      startAt: (partitions) => startAt(name, partitions),
      handle: (slice) => this.take(topic, slice),
      log: (level, message, fields) => log[level === 'error' ? 'warn' : level]({ ...fields, topic }, message),
    });
  }

  private take(topic: TopicName, slice: Slice): Promise<void> {
    const { gates, metrics, store, ticket, project, log } = this.options;
    return metrics.timeSlice(topic, slice.records.at(-1)?.timestamp, () =>
      gates.through(slice.topic, (admit) =>
        ingestSlice(topic, slice, {
          store,
          ticket,
          project,
          admit,
          onTaken: (taken) => {
            gates.took(slice.topic, taken);
            metrics.took(topic, taken);
          },
          onBug: (error, { place }) => log.error({ err: error, ...place }, 'a readable record could not be taken'),
        }),
      ),
    );
  }
}

function names(): TopicName[] {
  return Object.keys(TOPICS) as TopicName[];
}

import type { Cluster, Consumer } from 'kafkajs';
import { type KafkaLog, type KafkaOptions, SHORT_PATIENCE, consumerWithCluster, createKafka } from './kafka';
import { withinMs } from './time-limit';

/** Where a partition begins and ends: offsets of the first record that is kept and of the next one to come. */
export interface PartitionBounds {
  topic: string;
  partition: number;
  low: string;
  high: string;
}

export interface LogBoundsOptions extends KafkaOptions {
  log?: KafkaLog;
  /** The longest that an answer may take. */
  limitMs?: number;
}

interface Connection {
  consumer: Consumer;
  cluster: Cluster;
}

/** Of kafkajs's broker; its published type leaves it out. */
interface Coordinator {
  offsetFetch: (asked: {
    groupId: string;
    topics: { topic: string; partitions: { partition: number }[] }[];
  }) => Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>;
}

/**
 * Asks Kafka how far its partitions go. `high` is the high watermark: records of an open transaction count, although
 * no consumer gets them yet. One client, made anew after each failure.
 */
export class LogBounds {
  private connecting: Promise<Connection> | undefined;
  private closed = false;

  constructor(private readonly options: LogBoundsOptions) {}

  /**
   * The bounds of all partitions of `topics`. Whatever was appended before `at` (epoch ms) lies below `high`. Rejects
   * within `limitMs` (default 8 s) when Kafka is away or a topic does not exist.
   */
  async fetch(topics: string[]): Promise<{ at: number; bounds: PartitionBounds[] }> {
    if (this.closed) throw new Error('the bounds of the log are no longer asked for');
    const { limitMs = 8000 } = this.options;
    const at = Date.now();
    try {
      const bounds = await withinMs(limitMs, `Kafka did not tell its bounds within ${limitMs} ms`, this.ask(topics));
      return { at, bounds };
    } catch (error) {
      this.dropConnection();
      throw error;
    }
  }

  /**
   * What a group has committed in a topic: the next offset by partition, null where nothing is committed. Rejects like
   * `fetch`.
   */
  async committed(groupId: string, topic: string, partitions: number[]): Promise<Map<number, string | null>> {
    if (this.closed) throw new Error('the bounds of the log are no longer asked for');
    const { limitMs = 8000 } = this.options;
    const late = `Kafka did not tell what ${groupId} has committed within ${limitMs} ms`;
    try {
      return await withinMs(limitMs, late, this.askCommitted(groupId, topic, partitions));
    } catch (error) {
      this.dropConnection();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    this.dropConnection();
  }

  private async askCommitted(groupId: string, topic: string, partitions: number[]) {
    const { cluster } = await (this.connecting ??= this.connect());
    const coordinator = (await cluster.findGroupCoordinator({ groupId })) as unknown as Coordinator;
    const asked = { groupId, topics: [{ topic, partitions: partitions.map((partition) => ({ partition })) }] };
    const { responses } = await coordinator.offsetFetch(asked);
    const told = responses.find((one) => one.topic === topic)?.partitions ?? [];
    return new Map(told.map(({ partition, offset }) => [partition, offset.startsWith('-') ? null : offset]));
  }

  private async ask(topics: string[]): Promise<PartitionBounds[]> {
    const { cluster } = await (this.connecting ??= this.connect());
    await cluster.addMultipleTargetTopics(topics);
    await cluster.refreshMetadata();
    const [high, low] = await Promise.all([this.offsets(cluster, topics, false), this.offsets(cluster, topics, true)]);
    return [...high].map(([place, bound]) => {
      const first = low.get(place);
      if (!first) throw new Error(`Kafka told no first offset of ${place}`);
      return { topic: bound.topic, partition: bound.partition, low: first.offset, high: bound.offset };
    });
  }

  private async offsets(cluster: Cluster, topics: string[], fromBeginning: boolean) {
    const asked = topics.map((topic) => ({
      topic,
      fromBeginning,
      partitions: cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId })),
    }));
    const answers = await cluster.fetchTopicsOffset(asked);
    return new Map(
      answers.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [`${topic}/${partition}`, { topic, partition, offset }] as const),
      ),
    );
  }

  /** A consumer that joins no group: unlike an admin client it can be told to see uncommitted records. */
  private async connect(): Promise<Connection> {
    const kafka = createKafka(this.options, this.options.log, SHORT_PATIENCE);
    const connection = consumerWithCluster(kafka, {
      groupId: `${this.options.clientId}.bounds`,
      readUncommitted: true,
      allowAutoTopicCreation: false,
    });
    await connection.consumer.connect();
    return connection;
  }

  private dropConnection(): void {
    const dropped = this.connecting;
    this.connecting = undefined;
    void dropped?.then(({ consumer }) => consumer.disconnect()).catch(() => undefined);
  }
}

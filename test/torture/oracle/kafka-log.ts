import { Kafka, logLevel } from 'kafkajs';
import type { Topic } from '../journal';

/** A record as Kafka really has it. */
export interface LogRecord {
  topic: Topic;
  partition: number;
  offset: bigint;
  /** The broker's, epoch ms. */
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer | Buffer[]>;
}

export type Offsets = Map<string, bigint>;

const TOPICS: readonly Topic[] = ['sessions', 'viewers', 'directory'];

export const placeOf = (topic: string, partition: number) => `${topic}/${partition}`;

/** Kafka by its direct listener: what nobody's fault proxy can touch. */
export class KafkaWitness {
  private readonly kafka: Kafka;
  private readonly admin;

  constructor(
    brokers: string,
    private readonly prefix: string,
  ) {
    this.kafka = new Kafka({
      brokers: brokers.split(','),
      clientId: 'torture-oracle',
      logLevel: logLevel.NOTHING,
      requestTimeout: 10_000,
      enforceRequestTimeout: true,
    });
    this.admin = this.kafka.admin({ retry: { retries: 2 } });
  }

  async highWatermarks(): Promise<Offsets> {
    const found: Offsets = new Map();
    for (const topic of TOPICS) {
      for (const { partition, high } of await this.admin.fetchTopicOffsets(`${this.prefix}.${topic}`)) {
        found.set(placeOf(topic, partition), BigInt(high));
      }
    }
    return found;
  }

  /** What the group of each topic has committed; partitions without a commit are left out. */
  async committed(): Promise<Offsets> {
    const found: Offsets = new Map();
    for (const topic of TOPICS) {
      const answers = await this.admin.fetchOffsets({
        groupId: this.group(topic),
        topics: [`${this.prefix}.${topic}`],
      });
      for (const { partition, offset } of answers[0]?.partitions ?? []) {
        if (Number(offset) >= 0) found.set(placeOf(topic, partition), BigInt(offset));
      }
    }
    return found;
  }

  /** The members of each topic's group, by their ids. */
  async members(): Promise<string[]> {
    const { groups } = await this.admin.describeGroups(TOPICS.map((topic) => this.group(topic)));
    return groups.flatMap(({ members }) => members.map(({ memberId }) => memberId));
  }

  /** Forgets what the groups have committed; nobody may be a member. */
  async loseOffsets(): Promise<void> {
    await this.admin.deleteGroups(TOPICS.map((topic) => this.group(topic)));
  }

  async readAll(): Promise<LogRecord[]> {
    const until = await this.highWatermarks();
    const records: LogRecord[] = [];
    const consumer = this.kafka.consumer({ groupId: `oracle-${Date.now()}`, maxWaitTimeInMs: 100 });
    const open = new Set([...until].filter(([, high]) => high > 0n).map(([place]) => place));
    await consumer.connect();
    await consumer.subscribe({ topics: TOPICS.map((topic) => `${this.prefix}.${topic}`), fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      if (open.size === 0) resolve();
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            const topic = batch.topic.slice(this.prefix.length + 1) as Topic;
            const place = placeOf(topic, batch.partition);
            for (const message of batch.messages) {
              const offset = BigInt(message.offset);
              if (offset >= (until.get(place) ?? 0n)) continue;
              records.push({
                topic,
                partition: batch.partition,
                offset,
                timestamp: Number(message.timestamp),
                key: message.key,
                value: message.value,
                headers: (message.headers ?? {}) as LogRecord['headers'],
              });
            }
            if (BigInt(batch.lastOffset()) + 1n >= (until.get(place) ?? 0n)) open.delete(place);
            if (open.size === 0) resolve();
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return records;
  }

  async connect(): Promise<void> {
    await this.admin.connect();
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }

  private group(topic: Topic): string {
    return `${this.prefix}.lifecycle.${topic}`;
  }
}

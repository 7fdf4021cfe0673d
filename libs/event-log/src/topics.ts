import { TOPICS, type TopicName } from '#libs/contracts';
import type { Admin } from 'kafkajs';
import { type KafkaOptions, type Patience, createKafka } from './kafka';
import { awaitLeaders } from './leaders';

/** A few seconds: a process that is told to stop meanwhile stops in time. */
const PATIENCE: Patience = { requestTimeoutMs: 5000, retries: 5 };

export function topicName(prefix: string, topic: TopicName): string {
  return `${prefix}.${topic}`;
}

export interface TopicOptions extends KafkaOptions {
  prefix: string;
  /** Partitions of topics that are created; those that exist stay as they are. */
  partitions?: Partial<Record<TopicName, number>>;
}

/** Creates the topics that are missing. The broker's timestamp is the append time: no producer's clock can forge it. */
export async function createTopics(options: TopicOptions): Promise<string[]> {
  const admin: Admin = createKafka(options, undefined, PATIENCE).admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const missing = (Object.keys(TOPICS) as TopicName[])
      .map((name) => ({ name, topic: topicName(options.prefix, name) }))
      .filter(({ topic }) => !existing.has(topic));
    await admin.createTopics({
      waitForLeaders: false,
      topics: missing.map(({ name, topic }) => ({
        topic,
        numPartitions: options.partitions?.[name] ?? TOPICS[name].partitions,
        configEntries: [
          { name: 'message.timestamp.type', value: 'LogAppendTime' },
          { name: 'cleanup.policy', value: TOPICS[name].compacted ? 'compact' : 'delete' },
        ],
      })),
    });
    const created = missing.map(({ topic }) => topic);
    await awaitLeaders(admin, created);
    return created;
  } finally {
    await admin.disconnect();
  }
}

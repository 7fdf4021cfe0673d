import { ConfigResourceTypes } from 'kafkajs';
import { type KafkaOptions, SHORT_PATIENCE, createKafka } from './kafka';

/** How a topic is kept, as far as it matters to who reads it again. */
export interface TopicSettings {
  topic: string;
  /** null: for ever. */
  retentionMs: number | null;
  /** Of a partition; null: any number. */
  retentionBytes: number | null;
  /** Of the partition that has the fewest. */
  replicas: number;
  minInsyncReplicas: number;
  /** `LogAppendTime`, or `CreateTime`: the producers'. */
  timestampType: string;
  isCompacted: boolean;
  /** Compacted or not, what is old is deleted. */
  isDeleted: boolean;
}

const NAMES = ['retention.ms', 'retention.bytes', 'min.insync.replicas', 'message.timestamp.type', 'cleanup.policy'];

/** How topics are kept. Rejects where Kafka is away, or does not let this client read it. */
export async function topicSettings(options: KafkaOptions, topics: readonly string[]): Promise<TopicSettings[]> {
  const admin = createKafka(options, undefined, SHORT_PATIENCE).admin();
  try {
    await admin.connect();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: NAMES })),
    });
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [...topics] });
    const replicas = new Map(
      found.map(({ name, partitions }) => [name, Math.min(...partitions.map((one) => one.replicas.length))]),
    );
    return resources.map(({ resourceName: topic, configEntries }) => {
      const values = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
      return settingsOf(topic, replicas.get(topic) ?? 0, values);
    });
  } finally {
    await admin.disconnect();
  }
}

function settingsOf(topic: string, replicas: number, values: ReadonlyMap<string, string>): TopicSettings {
  const policy = (values.get('cleanup.policy') ?? 'delete').split(',').map((one) => one.trim());
  return {
    topic,
    retentionMs: limit(values.get('retention.ms')),
    retentionBytes: limit(values.get('retention.bytes')),
    replicas,
    minInsyncReplicas: Number(values.get('min.insync.replicas') ?? 1),
    timestampType: values.get('message.timestamp.type') ?? 'CreateTime',
    isCompacted: policy.includes('compact'),
    isDeleted: policy.includes('delete'),
  };
}

/** Kafka writes -1 for what has no limit. */
function limit(value: string | undefined): number | null {
  const number = Number(value ?? -1);
  return number < 0 ? null : number;
}

import type { Batch, Cluster } from 'kafkajs';
import { type KafkaOptions, SHORT_PATIENCE, consumerWithCluster, createKafka } from './kafka';
import { type SliceRecord, recordsOf } from './slice';

/** A part of a partition; both offsets are included. */
export interface LogRange {
  topic: string;
  partition: number;
  from: string;
  to: string;
}

type PartitionData = ConstructorParameters<typeof FetchedBatch>[2];
/** Of kafkajs; its published types leave them out. */
interface Leader {
  fetch: (asked: object) => Promise<{ responses: { partitions: (PartitionData & { errorCode: number })[] }[] }>;
}
interface Brokers {
  findLeaderForPartitions: (topic: string, partitions: number[]) => Record<string, number[]>;
  findBroker: (asked: { nodeId: string }) => Promise<Leader>;
}
// oxlint-disable-next-line typescript/no-require-imports -- kafkajs exports it to nobody
const FetchedBatch = require('kafkajs/src/consumer/batch') as new (
  topic: string,
  fetchedOffset: string,
  data: { partition: number; highWatermark: string; messages: { offset: string }[]; abortedTransactions: object[] },
) => Batch & { rawMessages: { offset: string }[] };

const MAX_BYTES = 4 * 1024 * 1024;
const WAIT_MS = 500;
const READ_COMMITTED = 1;

/**
 * Reads a part of a partition once more, beside the consumers and in no group. Gives its records in order, fetch by
 * fetch; ends at the end of the range or of the log. Rejects when Kafka is away, or does not have `from` any more.
 */
export async function* readRange(options: KafkaOptions, range: LogRange): AsyncGenerator<SliceRecord[]> {
  const kafka = createKafka(options, undefined, SHORT_PATIENCE);
  const { consumer, cluster } = consumerWithCluster(kafka, {
    groupId: `${options.clientId}.reader`,
    allowAutoTopicCreation: false,
  });
  await consumer.connect();
  try {
    await cluster.addMultipleTargetTopics([range.topic]);
    await cluster.refreshMetadata();
    const to = BigInt(range.to);
    for (let at = BigInt(range.from); at <= to;) {
      const batch = await fetchAt(cluster, range, String(at));
      if (batch.rawMessages.length === 0) return;
      yield recordsOf(batch).filter(({ offset }) => BigInt(offset) <= to);
      const next = BigInt(batch.rawMessages.at(-1)?.offset ?? at) + 1n;
      if (next <= at) throw new Error(`${range.topic}/${range.partition}: Kafka gives nothing behind offset ${at}`);
      at = next;
    }
  } finally {
    await consumer.disconnect().catch(() => undefined);
  }
}

async function fetchAt(cluster: Cluster, { topic, partition }: LogRange, offset: string) {
  const brokers = cluster as unknown as Brokers;
  const [nodeId] = Object.keys(brokers.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) throw new Error(`${topic}/${partition} has no leader`);
  const leader = await brokers.findBroker({ nodeId });
  const { responses } = await leader.fetch({
    replicaId: -1,
    isolationLevel: READ_COMMITTED,
    maxWaitTime: WAIT_MS,
    minBytes: 1,
    maxBytes: MAX_BYTES,
    topics: [{ topic, partitions: [{ partition, fetchOffset: offset, maxBytes: MAX_BYTES }] }],
  });
  const data = responses[0]?.partitions[0];
  if (!data) throw new Error(`${topic}/${partition}: Kafka did not answer for offset ${offset}`);
  return new FetchedBatch(topic, offset, data);
}

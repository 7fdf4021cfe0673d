import { createTopics } from '#libs/event-log';
import { createDataSource, demandSchema } from '#libs/session-store';
import { type LifecycleConfig, kafkaOptions } from '../config';

/**
 * Resolves when the schema is one that this build may write and all topics are there; missing ones it creates. Rejects with
 * what to do about it.
 */
export async function prepareStack(config: LifecycleConfig): Promise<void> {
  await demandWritableSchema(config.DATABASE_URL);
  await createTopics({
    ...kafkaOptions(config),
    prefix: config.KAFKA_TOPIC_PREFIX,
    partitions: {
      sessions: config.KAFKA_PARTITIONS_SESSIONS,
      viewers: config.KAFKA_PARTITIONS_VIEWERS,
      directory: config.KAFKA_PARTITIONS_DIRECTORY,
    },
  });
}

/** By a connection of its own, under a name that `migrate` does not take for a service that writes. */
async function demandWritableSchema(url: string): Promise<void> {
  const source = createDataSource({ url, name: 'session-lifecycle before its start', poolSize: 1 });
  try {
    await source.initialize();
    await demandSchema(source, { writes: true });
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

import { createTopics } from '#libs/event-log';
import { createDataSource, migrate } from '#libs/session-store';
import { type LifecycleConfig, kafkaOptions } from '../config';

/** Brings the schema up to date and creates missing topics; several processes may do it at once. */
export async function prepare(config: LifecycleConfig): Promise<{ migrations: string[]; topics: string[] }> {
  // Of its own: a migration may take longer than anything else may.
  const source = createDataSource({ url: config.DATABASE_URL, name: 'prepare', poolSize: 2, answerWithinMs: 600_000 });
  try {
    await source.initialize();
    const migrations = await migrate(source, config.PARTITION_MINUTES);
    return { migrations, topics: await topicsOf(config) };
  } finally {
    if (source.isInitialized) await source.destroy();
  }
}

function topicsOf(config: LifecycleConfig): Promise<string[]> {
  return createTopics({
    ...kafkaOptions(config),
    prefix: config.KAFKA_TOPIC_PREFIX,
    partitions: {
      sessions: config.KAFKA_PARTITIONS_SESSIONS,
      viewers: config.KAFKA_PARTITIONS_VIEWERS,
      directory: config.KAFKA_PARTITIONS_DIRECTORY,
    },
  });
}

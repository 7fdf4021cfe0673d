import { createTopics } from '#libs/event-log';
import { migrate } from '#libs/session-store';
import { type LifecycleConfig, kafkaOptions } from './config';

type Source = Parameters<typeof migrate>[0];

/** Brings the schema up to date and creates missing topics; several processes may do it at once. */
export async function prepare(
  source: Source,
  config: LifecycleConfig,
): Promise<{ migrations: string[]; topics: string[] }> {
  if (!source.isInitialized) await source.initialize();
  const migrations = await migrate(source);
  const topics = await createTopics({
    ...kafkaOptions(config),
    prefix: config.KAFKA_TOPIC_PREFIX,
    partitions: {
      sessions: config.KAFKA_PARTITIONS_SESSIONS,
      viewers: config.KAFKA_PARTITIONS_VIEWERS,
      directory: config.KAFKA_PARTITIONS_DIRECTORY,
    },
  });
  return { migrations, topics };
}

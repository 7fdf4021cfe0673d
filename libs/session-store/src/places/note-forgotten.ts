import type { DataSource } from 'typeorm';

/**
 * Notes up to where the log is forgotten when a partition of it is dropped that is detached already: the last place of each
 * topic and partition that it has, found by its index. Done again, it notes the same.
 */
export async function noteForgotten(source: DataSource, partition: string): Promise<void> {
  await source.query(
    `INSERT INTO log_forgotten AS known (topic, partition, below)
     SELECT p.topic, p.partition, last.last_offset + 1 FROM ingest_progress p CROSS JOIN LATERAL (
       SELECT l.last_offset FROM "${partition}" l WHERE l.topic = p.topic AND l.partition = p.partition
       ORDER BY l.last_offset DESC LIMIT 1) AS last
     ON CONFLICT (topic, partition) DO UPDATE SET below = greatest(known.below, excluded.below)`,
  );
}

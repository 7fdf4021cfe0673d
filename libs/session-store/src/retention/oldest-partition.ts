import type { DataSource } from 'typeorm';
import { partitionsOf } from '../partitions/partitions-of';

/** Age in ms of the first partition that has rows: by its lower bound; of all that is older, by its upper bound. */
export async function oldestPartition(source: DataSource, table: string, now: number): Promise<number | null> {
  for (const { name, from, to } of await partitionsOf(source, table)) {
    const [row] = (await source.query(
      `SELECT pg_relation_size('"${name}"') > 0 AND EXISTS (SELECT FROM "${name}") AS has_rows`,
    )) as { has_rows: boolean }[];
    if (row?.has_rows) return now - (from === -Infinity ? to : from);
  }
  return null;
}

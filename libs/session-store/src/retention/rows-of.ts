import type { DataSource } from 'typeorm';
import type { Partition } from '../partitions/partitions-of';

const COUNTED = 100_000;

/** By the last analysis; where there was none, counted up to a bound. */
export async function rowsOf(source: DataSource, { name, estimatedRows }: Partition): Promise<number> {
  if (estimatedRows >= 0) return estimatedRows;
  const [row] = (await source.query(
    `SELECT count(*)::float8 AS n FROM (SELECT FROM "${name}" LIMIT ${COUNTED}) AS first_rows`,
  )) as { n: number }[];
  return row?.n ?? 0;
}

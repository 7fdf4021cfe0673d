import type { DataSource, QueryRunner } from 'typeorm';
import type { Range } from './missing-ranges';

/** A partition as the catalogue has it. */
export interface Partition extends Range {
  name: string;
  /** By the last analysis; -1: there was none yet. */
  estimatedRows: number;
  /** Its detaching was begun, and is to be finished. */
  isDetaching: boolean;
}

const OF_TABLE = `
  SELECT c.relname AS name, c.reltuples::float8 AS "estimatedRows", i.inhdetachpending AS "isDetaching",
    coalesce(extract(epoch FROM bounds[1]::timestamptz) * 1000, '-infinity')::float8 AS "from",
    coalesce(extract(epoch FROM bounds[2]::timestamptz) * 1000, 'infinity')::float8 AS "to"
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
    LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid),
      'FROM \\((?:MINVALUE|''([^'']*)'')\\) TO \\((?:MAXVALUE|''([^'']*)'')\\)') AS bounds
  WHERE i.inhparent = to_regclass($1) AND c.relpartbound IS NOT NULL
  ORDER BY 4`;

/** Ascending. Those whose detaching was begun are among them: their ranges cannot be given away yet. */
export async function partitionsOf(source: DataSource, table: string): Promise<Partition[]> {
  return source.transaction(async ({ queryRunner }) => {
    if (!queryRunner) throw new Error('a transaction has a query runner');
    return partitionsIn(queryRunner, table);
  });
}

/** The same in the caller's transaction. */
export async function partitionsIn(runner: QueryRunner, table: string): Promise<Partition[]> {
  // Bounds are written as text.
  await runner.query(`SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true)`);
  return (await runner.query(OF_TABLE, [table])) as Partition[];
}

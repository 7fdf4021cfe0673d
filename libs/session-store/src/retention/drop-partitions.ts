import type { DataSource } from 'typeorm';
import type { Partition } from '../partitions/partitions-of';
import { noteForgotten } from '../places/note-forgotten';
import type { LeavingStep } from './leaving';

/** Whoever waits for a lock on a table makes everybody wait who comes after. */
export const LOCK_WITHIN_MS = 1000;

/** A partition that leaves, and how far that has come. */
export interface LeavingPartition {
  name: string;
  table: string;
  /** Pages that were rolled up while it was attached, and again after it was detached. */
  rolledPages: number;
  rolledAgainPages: number;
  pages: number;
  estimatedRows: number;
  state: 'attached' | 'detaching' | 'detached' | 'dropped';
}

/** Writes down that they leave: whoever goes on, also after a crash, finds them whether or not they are attached. */
export async function noteLeaving(source: DataSource, table: string, partitions: readonly Partition[]): Promise<void> {
  if (partitions.length === 0) return;
  await source.query(
    `INSERT INTO leaving_partitions (name, of_table, lower_bound)
     SELECT name, $1, CASE WHEN lower = '' THEN '-infinity' ELSE lower::timestamptz END
     FROM unnest($2::text[], $3::text[]) AS given (name, lower)
     ON CONFLICT (name) DO NOTHING`,
    [
      table,
      partitions.map(({ name }) => name),
      partitions.map(({ from }) => (from === -Infinity ? '' : new Date(from).toISOString())),
    ],
  );
}

/** The oldest first. */
export async function leavingPartitions(source: DataSource, table: string): Promise<LeavingPartition[]> {
  return (await source.query(
    `SELECT l.name, l.of_table AS "table", l.rolled_pages::float8 AS "rolledPages",
       l.rolled_again_pages::float8 AS "rolledAgainPages",
       coalesce(pg_relation_size(c.oid) / current_setting('block_size')::integer, 0)::float8 AS pages,
       greatest(c.reltuples, 0)::float8 AS "estimatedRows",
       CASE WHEN c.oid IS NULL THEN 'dropped' WHEN i.inhdetachpending THEN 'detaching'
         WHEN i.inhrelid IS NOT NULL THEN 'attached' ELSE 'detached' END AS state
     FROM leaving_partitions l
       LEFT JOIN pg_class c ON c.oid = to_regclass(l.name)
       LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND i.inhparent = to_regclass(l.of_table)
     WHERE l.of_table = $1 ORDER BY l.lower_bound, l.name`,
    [table],
  )) as LeavingPartition[];
}

/**
 * Goes one step on with what leaves a table. Postgres detaches one partition of a table at a time: one whose detaching was
 * interrupted, whoever began it, comes first. `partitions`: those of the table.
 */
export async function takeAwayNext(
  source: DataSource,
  table: string,
  partitions: readonly Partition[],
): Promise<LeavingStep> {
  const pending = partitions.find(({ isDetaching }) => isDetaching);
  if (pending) return finishDetaching(source, table, pending.name);
  const [first] = await leavingPartitions(source, table);
  return first ? takeAway(source, first) : { rows: 0, more: false, did: null };
}

/**
 * Goes one step on with a partition: detaches it, finishes a detaching that was interrupted, or drops it. Nobody who reads
 * or writes the table waits for this; it waits for those who began before, for a second. Rejects when that was too short,
 * as while a dump is running: then the next step goes on from there.
 */
async function takeAway(source: DataSource, partition: LeavingPartition): Promise<LeavingStep> {
  const { name, table, state } = partition;
  switch (state) {
    case 'attached':
      await outsideOfTransactions(source, `ALTER TABLE ${table} DETACH PARTITION "${name}" CONCURRENTLY`);
      return { rows: 0, more: true, did: `detached partition ${name}` };
    case 'detaching':
      return finishDetaching(source, table, name);
    case 'detached':
      if (table === 'session_log') await noteForgotten(source, name);
      await drop(source, name);
      return { rows: partition.estimatedRows, more: true, did: `dropped partition ${name}` };
    case 'dropped':
      await source.query('DELETE FROM leaving_partitions WHERE name = $1', [name]);
      return { rows: 0, more: true, did: null };
  }
}

async function finishDetaching(source: DataSource, table: string, name: string): Promise<LeavingStep> {
  await outsideOfTransactions(source, `ALTER TABLE ${table} DETACH PARTITION "${name}" FINALIZE`);
  return { rows: 0, more: true, did: `finished detaching partition ${name}` };
}

async function drop(source: DataSource, name: string): Promise<void> {
  await source.transaction(async ({ queryRunner }) => {
    await queryRunner?.query(`SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
    await queryRunner?.query(`DROP TABLE IF EXISTS "${name}"`);
    await queryRunner?.query('DELETE FROM leaving_partitions WHERE name = $1', [name]);
  });
}

async function outsideOfTransactions(source: DataSource, statement: string): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await runner.query(`SET lock_timeout = ${LOCK_WITHIN_MS}`);
    await runner.query(statement);
  } finally {
    await runner.query('RESET lock_timeout').catch(() => undefined);
    await runner.release();
  }
}

import type { DataSource } from 'typeorm';

/** What the tables and indices of a database have been asked and given to write. */
export interface Work {
  /** Rows read without an index. */
  scanned: number;
  /** Entries of indices, and rows found by them. */
  lookedUp: number;
  /** Rows written, of which `narrow` without a new entry in any index. */
  written: number;
  narrow: number;
}

/**
 * Counts what some work reads and writes, by the counters that Postgres itself keeps. `source` must have one connection:
 * each one's counts are its own until they are flushed.
 */
export async function countedWork(source: DataSource, work: () => Promise<unknown>): Promise<Work> {
  const before = await counters(source);
  await work();
  const after = await counters(source);
  return {
    scanned: after.scanned - before.scanned,
    lookedUp: after.lookedUp - before.lookedUp,
    written: after.written - before.written,
    narrow: after.narrow - before.narrow,
  };
}

async function counters(source: DataSource): Promise<Work> {
  await source.query('SELECT pg_stat_force_next_flush()');
  await source.query('SELECT pg_stat_clear_snapshot()');
  const [row] = (await source.query(
    `SELECT sum(seq_tup_read)::float8 AS scanned,
       sum(idx_tup_fetch)::float8 + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)::float8 AS "lookedUp",
       sum(n_tup_ins + n_tup_upd + n_tup_del)::float8 AS written, sum(n_tup_hot_upd)::float8 AS narrow
     FROM pg_stat_user_tables WHERE relname NOT LIKE 'event_inbox%' AND relname NOT LIKE 'session_log%'`,
  )) as Work[];
  if (!row) throw new Error('Postgres counts nothing');
  return row;
}

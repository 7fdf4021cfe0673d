import type { DataSource, QueryRunner } from 'typeorm';
import { DAY_MS, type Range, missingRanges } from './missing-ranges';

interface Partitioned {
  table: string;
  /** Storage parameters of each partition; those of columns are the table's. */
  storage: string | null;
}

/** The tables that are partitioned by day. One that is not there yet, or not partitioned yet, is passed over. */
export const PARTITIONED_BY_DAY: readonly Partitioned[] = [
  { table: 'event_inbox', storage: null },
  { table: 'session_log', storage: 'toast_tuple_target = 8160' },
  { table: 'viewer_buckets', storage: 'fillfactor = 70' },
];

/** Any number that no other use of advisory locks in this database has. */
const PARTITIONS_LOCK = 7_215_000_002;
/** Whoever waits for a lock on a table makes everybody wait who comes after. */
const LOCK_WITHIN_MS = 2000;

/**
 * Makes the partitions that are missing around now (epoch ms), for all tables; several processes may call it at once.
 * Disturbs neither readers nor writers. Gives the names of what was made.
 */
export async function ensurePartitions(source: DataSource, now: number): Promise<string[]> {
  const made: string[] = [];
  for (const partitioned of PARTITIONED_BY_DAY) {
    made.push(
      ...(await source.transaction(async ({ queryRunner }) => {
        if (!queryRunner) throw new Error('a transaction has a query runner');
        await queryRunner.query(`SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
        return makePartitions(queryRunner, partitioned, now);
      })),
    );
  }
  return made;
}

/** The same for one table, in the caller's transaction, for migrations. */
export async function makePartitions(
  runner: QueryRunner,
  { table, storage }: Partitioned,
  now: number,
): Promise<string[]> {
  await runner.query('SELECT pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
  // Bounds are read and written as text.
  await runner.query(`SELECT set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO', true)`);
  const [found] = (await runner.query(`SELECT relkind = 'p' AS partitioned FROM pg_class WHERE oid = to_regclass($1)`, [
    table,
  ])) as { partitioned: boolean }[];
  if (!found?.partitioned) return [];
  const names: string[] = [];
  for (const range of missingRanges(await rangesOf(runner, table), now)) {
    const name = nameOf(table, range);
    await runner.query(
      `CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL)${storage === null ? '' : ` WITH (${storage})`}`,
    );
    // Unlike CREATE TABLE … PARTITION OF, this waits for nobody who reads or writes the table.
    await runner.query(
      `ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM (${boundOf(range.from)}) TO (${boundOf(range.to)})`,
    );
    names.push(name);
  }
  return names;
}

async function rangesOf(runner: QueryRunner, table: string): Promise<Range[]> {
  return (await runner.query(
    `SELECT coalesce(extract(epoch FROM bounds[1]::timestamptz) * 1000, '-infinity')::float8 AS "from",
       coalesce(extract(epoch FROM bounds[2]::timestamptz) * 1000, 'infinity')::float8 AS "to"
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
       LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid),
         'FROM \\((?:MINVALUE|''([^'']*)'')\\) TO \\((?:MAXVALUE|''([^'']*)'')\\)') AS bounds
     WHERE i.inhparent = to_regclass($1)`,
    [table],
  )) as Range[];
}

/** `event_inbox_20261128`; `event_inbox_20261101_to_20261120` where it is longer than a day. */
function nameOf(table: string, { from, to }: Range): string {
  if (from === -Infinity) return `${table}_older`;
  return to - from === DAY_MS ? `${table}_${digits(from)}` : `${table}_${digits(from)}_to_${digits(to)}`;
}

function boundOf(ms: number): string {
  return Number.isFinite(ms) ? `'${new Date(ms).toISOString()}'` : ms < 0 ? 'MINVALUE' : 'MAXVALUE';
}

function digits(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');
}

import type { DataSource, QueryRunner } from 'typeorm';
import { DAY_MS, type Range, missingRanges } from './missing-ranges';
import { PARTITIONED, PARTITION_MINUTES, type Partitioned } from './partitioned';
import { partitionsIn } from './partitions-of';

const MINUTE_MS = 60_000;
/** Any number that no other use of advisory locks in this database has. */
const PARTITIONS_LOCK = 7_215_000_002;
/** Whoever waits for a lock on a table makes everybody wait who comes after. */
const LOCK_WITHIN_MS = 2000;

/**
 * Makes the partitions that are missing around now (epoch ms), for all tables; several processes may call it at once.
 * Disturbs neither readers nor writers. Gives the names of what was made. A table that fails does not keep the others:
 * the first error is thrown when all had their turn.
 */
export async function ensurePartitions(
  source: DataSource,
  now: number,
  partitionMinutes = PARTITION_MINUTES,
): Promise<string[]> {
  const [made, errors]: [string[], unknown[]] = [[], []];
  for (const partitioned of PARTITIONED) {
    try {
      made.push(...(await ensurePartitionsOf(source, partitioned, now, partitionMinutes)));
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return made;
}

function ensurePartitionsOf(
  source: DataSource,
  partitioned: Partitioned,
  now: number,
  partitionMinutes: number,
): Promise<string[]> {
  return inTurn(source, (runner) => makePartitions(runner, partitioned, now, partitionMinutes));
}

/**
 * A transaction of who makes partitions, one at a time. It waits for its turn as for any lock, for that is in nobody's way;
 * for a table only briefly.
 */
export function inTurn<T>(source: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  return source.transaction(async ({ queryRunner }) => {
    if (!queryRunner) throw new Error('a transaction has a query runner');
    await takeTurn(queryRunner);
    await queryRunner.query(`SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
    return work(queryRunner);
  });
}

/** Until the end of the transaction, which may take it again. */
function takeTurn(runner: QueryRunner): Promise<unknown> {
  return runner.query('SELECT pg_advisory_xact_lock($1)', [PARTITIONS_LOCK]);
}

/** The same for one table, in the caller's transaction, for migrations. */
export async function makePartitions(
  runner: QueryRunner,
  { table, storage, byDate, takesThePast }: Partitioned,
  now: number,
  partitionMinutes = PARTITION_MINUTES,
): Promise<string[]> {
  await takeTurn(runner);
  const [found] = (await runner.query(`SELECT relkind = 'p' AS partitioned FROM pg_class WHERE oid = to_regclass($1)`, [
    table,
  ])) as { partitioned: boolean }[];
  if (!found?.partitioned) return [];
  const existing = await partitionsIn(runner, table);
  const end = Math.max(-Infinity, ...existing.map(({ to }) => to));
  const names: string[] = [];
  for (const range of missingRanges(existing, now, byDate ? DAY_MS : partitionMinutes * MINUTE_MS)) {
    const isGone = range.to <= end && range.to <= now;
    if (isGone && !takesThePast) continue;
    const name = await freeName(runner, isGone ? goneName(table, range) : nameOf(table, range));
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

/** Whether a partition stands where others were taken away: it is for the few rows that come that late. */
export function isForTheGone(name: string): boolean {
  return name.includes('_gone_');
}

/** `event_inbox_20261128`; `event_inbox_20261101_to_20261120` where it is longer than a day. */
function nameOf(table: string, { from, to }: Range): string {
  if (from === -Infinity) return `${table}_older`;
  return to - from === DAY_MS ? `${table}_${digits(from)}` : `${table}_${digits(from)}_to_${digits(to)}`;
}

function goneName(table: string, { from, to }: Range): string {
  return from === -Infinity ? `${table}_older` : `${table}_gone_${digits(from)}_to_${digits(to)}`;
}

/** A partition that was taken away bears its name until it is dropped. */
async function freeName(runner: QueryRunner, wanted: string): Promise<string> {
  for (let tries = 1; ; tries++) {
    const name = tries === 1 ? wanted : `${wanted}_${tries}`;
    const [row] = (await runner.query('SELECT to_regclass($1) IS NULL AS free', [name])) as { free: boolean }[];
    if (row?.free) return name;
  }
}

function boundOf(ms: number): string {
  return Number.isFinite(ms) ? `'${new Date(ms).toISOString()}'` : ms < 0 ? 'MINVALUE' : 'MAXVALUE';
}

/** `20261128`, `202611281205` where it is not midnight. */
function digits(ms: number): string {
  return new Date(ms)
    .toISOString()
    .slice(0, ms % DAY_MS === 0 ? 10 : 16)
    .replaceAll(/[-T:]/g, '');
}

import type { DataSource } from 'typeorm';
import { isForTheGone } from '../partitions/ensure-partitions';
import { type Partition, partitionsOf } from '../partitions/partitions-of';
import { inTransaction } from '../transaction';
import { LOCK_WITHIN_MS, leavingPartitions, noteLeaving, takeAwayNext } from './drop-partitions';
import type { Leaving, LeavingPlan, LeavingStep } from './leaving';
import { oldestPartition } from './oldest-partition';
import { window } from './page-windows';
import { rowsOf } from './rows-of';

const DAY_MS = 86_400_000;
/** Five thousand rows at most. */
const PAGES_PER_STEP = 40;
/** So many partitions may stand where others were taken away, before one takes their place. */
const MOST_FOR_THE_GONE = 7;

/**
 * Nothing says of what day an event is that came from a broker whose clock is days ahead (its day is -infinity), nor when
 * it came, but the number of the transaction that wrote it: it is kept for so many transactions of others.
 */
const KEPT_TRANSACTIONS = 1_000_000;

const COUNTED = 100_000;

const deleteOld = (name: string) => `
  WITH gone AS (
    DELETE FROM "${name}"
    WHERE ctid >= $1::tid AND ctid < $2::tid AND day < $3::date AND (isfinite(day) OR age(xmin) > ${KEPT_TRANSACTIONS})
    RETURNING 1)
  SELECT count(*)::integer AS rows FROM gone`;

/** What was swept of one partition, for days before one. */
interface Sweep {
  before: string;
  pages: number;
}

/** The inbox, or the log: a table with a partition for each day. */
export class EventsLeave implements Leaving {
  private readonly sweeps = new Map<string, Sweep>();

  constructor(
    readonly table: 'event_inbox' | 'session_log',
    private readonly keepMs: number,
  ) {}

  oldest(source: DataSource, now: number): Promise<number | null> {
    return oldestPartition(source, this.table, now);
  }

  async plan(source: DataSource, now: number): Promise<LeavingPlan[]> {
    const partitions = await partitionsOf(source, this.table);
    const plans: LeavingPlan[] = [];
    for (const partition of this.dropped(partitions, now)) {
      plans.push({ what: `drop partition ${partition.name}`, rows: await rowsOf(source, partition) });
    }
    const names = new Set(partitions.map(({ name }) => name));
    for (const { name, estimatedRows: rows } of await leavingPartitions(source, this.table)) {
      if (!names.has(name)) plans.push({ what: `drop ${name}, which is detached`, rows });
    }
    for (const partition of this.swept(partitions, now)) {
      const rows = await countOld(source, partition.name, this.firstDay(now));
      if (rows > 0)
        plans.push({ what: `delete from ${partition.name} what is older than ${this.firstDay(now)}`, rows });
    }
    return plans;
  }

  async step(source: DataSource, now: number): Promise<LeavingStep> {
    const partitions = await partitionsOf(source, this.table);
    // What waits for somebody's locks does not keep rows from leaving.
    const swept = await this.sweep(source, partitions, now);
    if (swept) return swept;
    await noteLeaving(source, this.table, this.dropped(partitions, now));
    return takeAwayNext(source, this.table, partitions);
  }

  /** Partitions that end before all that is kept; those that stand for others that left, once they are many. */
  private dropped(partitions: readonly Partition[], now: number): Partition[] {
    const old = partitions.filter(({ from, to }) => from !== -Infinity && to <= now - this.keepMs);
    const forTheGone = old.filter(({ name }) => isForTheGone(name));
    return forTheGone.length > MOST_FOR_THE_GONE ? old : old.filter(({ name }) => !isForTheGone(name));
  }

  /** Partitions out of which rows leave: they always stay, or for long. */
  private swept(partitions: readonly Partition[], now: number): Partition[] {
    return partitions.filter(
      ({ name, from }) => from === -Infinity || (isForTheGone(name) && from < now - this.keepMs),
    );
  }

  /** Once for each day that passes: the next pages of what is swept. null: all is swept. */
  private async sweep(source: DataSource, partitions: readonly Partition[], now: number): Promise<LeavingStep | null> {
    const before = this.firstDay(now);
    const names = new Set(partitions.map(({ name }) => name));
    for (const name of this.sweeps.keys()) if (!names.has(name)) this.sweeps.delete(name);
    for (const { name, isDetaching } of this.swept(partitions, now)) {
      const known = this.sweeps.get(name);
      const from = known?.before === before ? known.pages : 0;
      const pages = isDetaching ? 0 : await pagesOf(source, name);
      if (from >= pages) continue;
      const { from: first, to: end, nextPage } = window(from, pages, PAGES_PER_STEP);
      const rows = await inTransaction(source, async (runner) => {
        await runner.query(`SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
        const [gone] = (await runner.query(deleteOld(name), [first, end, before])) as { rows: number }[];
        return gone?.rows ?? 0;
      });
      this.sweeps.set(name, { before, pages: nextPage });
      return { rows, more: true, did: null };
    }
    return null;
  }

  /** The first day of which something is kept. */
  private firstDay(now: number): string {
    return new Date(Math.floor((now - this.keepMs) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
  }
}

/** Up to a bound: nobody needs it more exactly. */
async function countOld(source: DataSource, name: string, before: string): Promise<number> {
  const [row] = (await source.query(
    `SELECT count(*)::float8 AS n FROM (SELECT FROM "${name}"
       WHERE day < $1::date AND (isfinite(day) OR age(xmin) > ${KEPT_TRANSACTIONS}) LIMIT ${COUNTED}) AS old`,
    [before],
  )) as { n: number }[];
  return row?.n ?? 0;
}

async function pagesOf(source: DataSource, name: string): Promise<number> {
  const [row] = (await source.query(
    `SELECT coalesce(pg_relation_size(to_regclass($1)) / current_setting('block_size')::integer, 0)::float8 AS pages`,
    [name],
  )) as { pages: number }[];
  return row?.pages ?? 0;
}

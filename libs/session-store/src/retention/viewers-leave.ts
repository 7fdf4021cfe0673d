import type { DataSource } from 'typeorm';
import { type Partition, partitionsOf } from '../partitions/partitions-of';
import { leavingPartitions, noteLeaving, takeAwayNext } from './drop-partitions';
import type { Leaving, LeavingPlan, LeavingStep } from './leaving';
import { oldestPartition } from './oldest-partition';
import { isToBeRolledUp, rollUp } from './roll-up';
import { rowsOf } from './rows-of';

/** From when on there are buckets of a grain; never before the finer one begins to be missing. */
const MOVE = {
  viewer_buckets: `UPDATE viewer_grains SET tens_from = $1 WHERE tens_from < $1`,
  viewer_minutes: `UPDATE viewer_grains SET minutes_from = least($1, tens_from) WHERE minutes_from < least($1, tens_from)`,
};
const NOW_FROM = {
  viewer_buckets: `SELECT extract(epoch FROM tens_from)::float8 * 1000 AS "from" FROM viewer_grains`,
  viewer_minutes: `SELECT extract(epoch FROM minutes_from)::float8 * 1000 AS "from" FROM viewer_grains`,
};

/** Viewer history of one grain: partitions are rolled up into the next coarser grain, and then dropped. */
export class ViewersLeave implements Leaving {
  constructor(
    readonly table: 'viewer_buckets' | 'viewer_minutes',
    private readonly keepMs: number,
  ) {}

  oldest(source: DataSource, now: number): Promise<number | null> {
    return oldestPartition(source, this.table, now);
  }

  async plan(source: DataSource, now: number): Promise<LeavingPlan[]> {
    const coarser = this.table === 'viewer_buckets' ? 'viewer_minutes' : 'viewer_hours';
    const plans: LeavingPlan[] = [];
    const old = this.old(await partitionsOf(source, this.table), now);
    for (const partition of old) {
      const rows = await rowsOf(source, partition);
      plans.push({ what: `roll up ${partition.name} into ${coarser}, drop it`, rows });
    }
    const names = new Set(old.map(({ name }) => name));
    for (const { name, estimatedRows: rows } of await leavingPartitions(source, this.table)) {
      if (!names.has(name)) plans.push({ what: `drop ${name}, which is detached`, rows });
    }
    return plans;
  }

  async step(source: DataSource, now: number): Promise<LeavingStep> {
    const { table } = this;
    const partitions = await partitionsOf(source, table);
    const end = this.old(partitions, now).at(-1)?.to;
    // First of all nobody writes there any more; only then is it rolled up.
    if (end !== undefined) await source.query(MOVE[table], [new Date(end).toISOString()]);
    const [grain] = (await source.query(NOW_FROM[table])) as { from: number }[];
    const from = grain?.from ?? -Infinity;
    await noteLeaving(
      source,
      table,
      partitions.filter(({ to }) => to <= from),
    );
    const toRoll = (await leavingPartitions(source, table)).find(isToBeRolledUp);
    if (toRoll) return rollUp(source, toRoll);
    // What waits for somebody's locks does not keep the others from being rolled up.
    return takeAwayNext(source, table, partitions);
  }

  /** A partition that ends in the future is nobody's past, whatever the policy says. */
  private old(partitions: readonly Partition[], now: number): Partition[] {
    return partitions.filter(({ to }) => to <= now - this.keepMs);
  }
}

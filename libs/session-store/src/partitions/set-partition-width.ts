import type { DataSource } from 'typeorm';
import { inTurn, makePartitions } from './ensure-partitions';
import { PARTITIONED, PARTITION_MINUTES } from './partitioned';
import { partitionsIn } from './partitions-of';

const MINUTE_MS = 60_000;
/** Partitions are made seven widths ahead; counts are taken up to so many widths ahead of now. */
const WIDTHS_AHEAD = 5;

/**
 * Says how wide the partitions of viewer history are. Where they are to be narrower than a day, as in tests, which cannot
 * wait for days, wider ones of today and later that have no rows yet are replaced; so this is for a time without writers. Does
 * nothing to a schema that is older than this.
 */
export async function setPartitionWidth(source: DataSource, partitionMinutes: number, now: number): Promise<void> {
  const [schema] = (await source.query(`SELECT to_regclass('viewer_grains') IS NOT NULL AS has_grains`)) as {
    has_grains: boolean;
  }[];
  if (!schema?.has_grains) return;
  const ahead = partitionMinutes === PARTITION_MINUTES ? 2880 : WIDTHS_AHEAD * partitionMinutes;
  await source.query(`UPDATE viewer_grains SET ahead = $1::interval WHERE ahead <> $1::interval`, [`${ahead} minutes`]);
  if (partitionMinutes >= PARTITION_MINUTES) return;
  for (const partitioned of PARTITIONED.filter(({ byDate }) => !byDate)) {
    await inTurn(source, async (runner) => {
      for (const { name, from, to } of await partitionsIn(runner, partitioned.table)) {
        if (to <= now || to - from <= partitionMinutes * MINUTE_MS) continue;
        const [row] = (await runner.query(`SELECT EXISTS (SELECT FROM "${name}") AS has_rows`)) as {
          has_rows: boolean;
        }[];
        if (!row?.has_rows) await runner.query(`DROP TABLE "${name}"`);
      }
      await makePartitions(runner, partitioned, now, partitionMinutes);
    });
  }
}

import { setTimeout as wait } from 'node:timers/promises';
import type { Watch } from '../invariants/of-the-record';
import { recordState } from './record-state';
import type { RecordWitness } from './record-witness';
import type { SessionRow } from './record-rows';
import type { RecordState } from './view';

const TRIES = 50;

/**
 * What Postgres says, and how far the watchdog had looked by then. Time goes on while the rows are read: where
 * a session's time came in between, both are read again; not where the watchdog may not look at it yet.
 */
export async function recordAtRest(record: RecordWitness): Promise<{ state: RecordState; watch: Watch }> {
  for (let tries = 1; ; tries++) {
    const state = await recordState(record);
    const watch = await watchOf(record);
    const mayBeLookedAt = ({ half_lease_ms: half }: SessionRow) => 2 * (half ?? 0) <= watch.longestLeaseMs;
    const isDue = [...state.sessions.values()].some(
      (one) => one.due !== null && one.due.getTime() < watch.watermark && mayBeLookedAt(one),
    );
    if (!isDue || tries >= TRIES) return { state, watch };
    await wait(200);
  }
}

async function watchOf(record: RecordWitness): Promise<Watch> {
  const [watch] = await record.ask<Record<keyof Watch, string>>(
    `SELECT extract(epoch FROM watermark) * 1000 AS watermark,
       extract(epoch FROM looked_at - coalesce(sighted_at, '2000-01-01')) * 1000 AS "longestLeaseMs" FROM watch_post`,
  );
  if (!watch) throw new Error('nobody watched');
  return { watermark: Number(watch.watermark), longestLeaseMs: Number(watch.longestLeaseMs) };
}

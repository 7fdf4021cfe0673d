import { setTimeout as wait } from 'node:timers/promises';
import type { Watch } from '../invariants/of-the-record';
import { recordState } from './record-state';
import type { RecordWitness } from './record-witness';
import type { SessionRow } from './record-rows';
import type { RecordState } from './view';

const TRIES = 50;
/** A process that is stopped between a look and what follows from it leaves what came due within so much. */
const LOOK_WITHIN_MS = 5000;

/**
 * What Postgres says, and how far the watchdog had looked by then. Time goes on while the rows are read: where
 * a session's time came in between, both are read again; not where the watchdog may not look at it yet.
 */
export async function recordAtRest(record: RecordWitness): Promise<{ state: RecordState; watch: Watch }> {
  for (let tries = 1; ; tries++) {
    const state = await recordState(record);
    const watch = await watchOf(record);
    const mayBeLookedAt = ({ half_lease_ms: half }: SessionRow) => 2 * (half ?? 0) <= watch.longestLeaseMs;
    const due = [...state.sessions.values()]
      .filter(mayBeLookedAt)
      .map((one) => one.due?.getTime() ?? Infinity)
      .filter((at) => at < watch.watermark);
    if (due.length === 0) return { state, watch };
    if (tries >= TRIES) {
      const lookedUpTo = Math.max(Math.min(...due), watch.watermark - LOOK_WITHIN_MS);
      return { state, watch: { ...watch, watermark: lookedUpTo } };
    }
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

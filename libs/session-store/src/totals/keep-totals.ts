import type { SessionStatus } from '#libs/contracts';
import type { DataSource, QueryRunner } from 'typeorm';

/** Of a session: the status that lists show before and after; null: no list shows it. */
export interface Move {
  from: SessionStatus | null;
  to: SessionStatus | null;
}

/** So many connections keep their totals without waiting for each other. */
const SHARDS = 64;

/**
 * Keeps how many listed sessions there are of each status, inside the transaction that changes them. Let it be the last
 * lock of the transaction on anything that others may want: who shares the shard waits until it is over.
 */
export async function keepTotals(runner: QueryRunner, moves: readonly Move[]): Promise<void> {
  const change: Record<SessionStatus, number> = { scheduled: 0, live: 0, ended: 0, expired: 0 };
  for (const { from, to } of moves) {
    if (from) change[from] -= 1;
    if (to) change[to] += 1;
  }
  if (Object.values(change).every((one) => one === 0)) return;
  await runner.query(
    `INSERT INTO session_totals AS kept (shard, scheduled, live, ended, expired)
     VALUES (pg_backend_pid() % ${SHARDS}, $1, $2, $3, $4)
     ON CONFLICT (shard) DO UPDATE SET scheduled = kept.scheduled + excluded.scheduled, live = kept.live + excluded.live,
       ended = kept.ended + excluded.ended, expired = kept.expired + excluded.expired`,
    [change.scheduled, change.live, change.ended, change.expired],
  );
}

/** Counts all sessions; nobody may write any meanwhile. */
export async function countTotalsAnew(runner: Pick<QueryRunner, 'query'> | DataSource): Promise<void> {
  await runner.query(`DELETE FROM session_totals`);
  await runner.query(
    `INSERT INTO session_totals (shard, scheduled, live, ended, expired)
     SELECT 0, count(*) FILTER (WHERE status = 'scheduled'), count(*) FILTER (WHERE status = 'live'),
       count(*) FILTER (WHERE status = 'ended'), count(*) FILTER (WHERE status = 'expired') FROM sessions WHERE listed`,
  );
}

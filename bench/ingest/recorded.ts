import type { Sql } from './sql';

/** How many events the record's log holds. Heartbeats are not in it, nor is what was derived in a row without a place. */
export async function eventsLogged(sql: Sql): Promise<number> {
  const [row] = await sql<{ logged: string }>(
    'SELECT coalesce(sum(json_array_length(entries::json)), 0) AS logged FROM session_log WHERE topic IS NOT NULL',
  );
  return Number(row?.logged);
}

/** The table that takes heartbeats. */
export const SIGNALS = 'session_signals';

/** The sessions that have given a sign of life, and the sum of the times of their last ones, epoch ms. */
export async function lastSignals(sql: Sql): Promise<{ sessions: number; sumMs: bigint }> {
  const [row] = await sql<{ sessions: string; sum: string }>(
    `SELECT count(*) AS sessions, coalesce(sum((extract(epoch FROM last_signal_at) * 1000)::bigint), 0) AS sum
     FROM session_signals WHERE last_signal_at IS NOT NULL`,
  );
  return { sessions: Number(row?.sessions), sumMs: BigInt(row?.sum ?? 0) };
}

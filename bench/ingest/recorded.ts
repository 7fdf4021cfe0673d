import type { Sql } from './sql';

/** How many events the record's log holds. */
export async function eventsLogged(sql: Sql): Promise<number> {
  const [row] = await sql<{ logged: string }>('SELECT count(*) AS logged FROM event_log');
  return Number(row?.logged);
}

/** The table that takes heartbeats. */
export const SIGNALS = 'sessions';

/** The sessions that have given a sign of life, and the sum of the times of their last ones, epoch ms. */
export async function lastSignals(sql: Sql): Promise<{ sessions: number; sumMs: bigint }> {
  const [row] = await sql<{ sessions: string; sum: string }>(
    `SELECT count(*) AS sessions, coalesce(sum((fold ->> 'last_signal_at')::bigint), 0) AS sum FROM sessions
     WHERE fold ? 'last_signal_at'`,
  );
  return { sessions: Number(row?.sessions), sumMs: BigInt(row?.sum ?? 0) };
}

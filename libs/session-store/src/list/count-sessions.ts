import type { Stats } from '#libs/contracts';
import type { DataSource } from 'typeorm';
import { COUNT_JOINS, SHOWN_COUNT } from './shown-sql';

type Row = { [name in keyof Stats]: string };

/** Listed sessions by status, and the viewers of those that show them; one statement, so of one moment. */
export async function countSessions(source: DataSource): Promise<Stats> {
  const [row] = (await source.query(`
    SELECT coalesce(sum(n), 0) AS total_sessions,
      coalesce(sum(n) FILTER (WHERE status = 'live'), 0) AS live_now,
      coalesce(sum(n) FILTER (WHERE status = 'scheduled'), 0) AS scheduled,
      coalesce(sum(n) FILTER (WHERE status = 'ended'), 0) AS ended,
      coalesce(sum(n) FILTER (WHERE status = 'expired'), 0) AS expired,
      (SELECT coalesce(sum(${SHOWN_COUNT}), 0) FROM sessions s ${COUNT_JOINS} WHERE s.listed AND s.status = 'live')
        AS viewers_now
    FROM (SELECT s.status, count(*) AS n FROM sessions s WHERE s.listed GROUP BY s.status) counted`)) as [Row];
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as unknown as Stats;
}

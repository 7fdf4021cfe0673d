import type { Stats } from '#libs/contracts';
import type { Ask } from './bounded-question';
import { COUNT_JOINS, SHOWN_COUNT } from './shown-sql';

type Row = { [name in keyof Stats]: string };

/** Listed sessions by status, and the viewers of those that show them; one statement, so of one moment. */
export async function countSessions(ask: Ask): Promise<Stats> {
  const text = `
    SELECT coalesce(sum(scheduled + live + ended + expired), 0) AS total_sessions, coalesce(sum(live), 0) AS live_now,
      coalesce(sum(scheduled), 0) AS scheduled, coalesce(sum(ended), 0) AS ended, coalesce(sum(expired), 0) AS expired,
      (SELECT coalesce(sum(${SHOWN_COUNT}), 0) FROM sessions s ${COUNT_JOINS} WHERE s.listed AND s.status = 'live')
        AS viewers_now
    FROM session_totals`;
  const [row] = (await ask(text, [])) as [Row];
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as unknown as Stats;
}

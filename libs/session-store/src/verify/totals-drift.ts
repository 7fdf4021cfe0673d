import type { SessionStatus } from '#libs/contracts';
import type { DataSource } from 'typeorm';
import type { Difference } from './difference';

type Totals = Record<SessionStatus, number>;

/** Sessions, and what is kept of their number, in one statement: of one moment. */
const COUNTED = `
  SELECT count(*) FILTER (WHERE status = 'scheduled') AS scheduled, count(*) FILTER (WHERE status = 'live') AS live,
    count(*) FILTER (WHERE status = 'ended') AS ended, count(*) FILTER (WHERE status = 'expired') AS expired
  FROM sessions WHERE listed`;
const KEPT = `
  SELECT coalesce(sum(scheduled), 0) AS scheduled, coalesce(sum(live), 0) AS live, coalesce(sum(ended), 0) AS ended,
    coalesce(sum(expired), 0) AS expired
  FROM session_totals`;

/** What the kept totals say otherwise than a count of all listed sessions; and how many these are. */
export async function totalsAgainstCount(source: DataSource): Promise<{ differences: Difference[]; counted: number }> {
  const [row] = (await source.query(
    `SELECT row_to_json(counted) AS counted, row_to_json(kept) AS kept FROM (${COUNTED}) counted, (${KEPT}) kept`,
  )) as { counted: Totals; kept: Totals }[];
  if (!row) throw new Error('a count gave no row');
  const { counted, kept } = row;
  const names = Object.keys(counted) as SessionStatus[];
  return {
    counted: names.reduce((sum, name) => sum + counted[name], 0),
    differences: names
      .filter((name) => counted[name] !== kept[name])
      .map((name) => ({
        kind: 'total',
        id: name,
        where: `session_totals.${name}`,
        expected: `${counted[name]}`,
        found: `${kept[name]}`,
      })),
  };
}

/**
 * Adds what is missing to the totals. Every transaction changes sessions and totals together, so what is missing is the
 * same before, during and after those that are under way: nobody is locked out.
 */
export async function addToTotals(source: DataSource): Promise<void> {
  await source.query(
    `INSERT INTO session_totals AS total (shard, scheduled, live, ended, expired)
     SELECT 0, counted.scheduled - kept.scheduled, counted.live - kept.live, counted.ended - kept.ended,
       counted.expired - kept.expired
     FROM (${COUNTED}) counted, (${KEPT}) kept
     ON CONFLICT (shard) DO UPDATE SET scheduled = total.scheduled + excluded.scheduled, live = total.live + excluded.live,
       ended = total.ended + excluded.ended, expired = total.expired + excluded.expired`,
  );
}

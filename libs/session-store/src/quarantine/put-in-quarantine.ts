import type { QueryRunner } from 'typeorm';
import type { Bad } from '../slice/slice';
import { type QuarantinedPlace, placeOf } from './quarantined-place';
import { writeRanges } from './write-ranges';
import { writeRows } from './write-rows';

/** How many open rows the quarantine has at most, of one source (or of all that name none) and in all. */
export interface QuarantineBudget {
  rows: number;
  rowsPerSource: number;
}

export const QUARANTINE_BUDGET: QuarantineBudget = { rows: 100_000, rowsPerSource: 10_000 };

/**
 * Puts records into quarantine, inside the caller's transaction: each as a row while the budget lasts, beyond it as a
 * place in a range. A record that comes again has what it had. Rejects for outages of the database alone, whatever the
 * records hold.
 */
export async function putInQuarantine(
  runner: QueryRunner,
  bad: readonly Bad[],
  budget: QuarantineBudget,
): Promise<void> {
  if (bad.length === 0) return;
  // Held until the commit: what other processes put in is seen here, and counted.
  const [total] = (await runner.query(`SELECT open_rows FROM quarantine_total FOR UPDATE`)) as { open_rows: string }[];
  const fresh = await notThereYet(runner, bad.map(placeOf));
  const open = await openRowsOf(runner, fresh);
  let left = budget.rows - Number(total?.open_rows ?? 0);
  const [rows, beyond]: [QuarantinedPlace[], QuarantinedPlace[]] = [[], []];
  for (const place of fresh) {
    const ofSource = open.get(place.source) ?? 0;
    if (left <= 0 || ofSource >= budget.rowsPerSource) {
      beyond.push(place);
      continue;
    }
    left -= 1;
    open.set(place.source, ofSource + 1);
    rows.push(place);
  }
  await writeRows(runner, rows);
  await writeRanges(runner, beyond);
}

/** Those that have neither a row nor a place in a range. */
async function notThereYet(runner: QueryRunner, places: QuarantinedPlace[]): Promise<QuarantinedPlace[]> {
  const column = <T>(of: (place: QuarantinedPlace) => T) => places.map(of);
  // Of ranges the first is asked for in an order: for a mere EXISTS the planner reads all ranges from the beginning, since it
  // expects to find one soon.
  const found = (await runner.query(
    `SELECT n::integer FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[])
       WITH ORDINALITY AS g (topic, partition, "offset", ms, kind, source, reason, n)
     WHERE EXISTS (SELECT FROM quarantine q
         WHERE (q.topic, q.partition, q."offset", q.broker_ms, q.kind) = (g.topic, g.partition, g."offset", g.ms, g.kind))
       OR (SELECT true FROM quarantine_ranges r
         WHERE r.topic = g.topic AND r.partition = g.partition AND r.to_offset >= g."offset" AND r.from_offset <= g."offset"
           AND g.ms BETWEEN r.first_ms AND r.last_ms
           AND (r.reason = 'several' OR (r.source = g.source AND r.reason = g.reason))
         ORDER BY r.to_offset LIMIT 1)`,
    [
      column(({ topic }) => topic),
      column(({ partition }) => partition),
      column(({ offset }) => offset),
      column(({ ms }) => ms),
      column(({ kind }) => kind),
      column(({ source }) => source),
      column(({ reason }) => reason),
    ],
  )) as { n: number }[];
  const known = new Set(found.map(({ n }) => n - 1));
  const fresh = new Map<string, QuarantinedPlace>();
  for (const [index, place] of places.entries()) {
    const { topic, partition, offset, ms, kind } = place;
    if (!known.has(index)) fresh.set(JSON.stringify([topic, partition, offset, ms, kind]), place);
  }
  return [...fresh.values()];
}

async function openRowsOf(runner: QueryRunner, places: readonly QuarantinedPlace[]): Promise<Map<string, number>> {
  const rows = (await runner.query(`SELECT source, open_rows FROM quarantine_sources WHERE source = ANY($1)`, [
    [...new Set(places.map(({ source }) => source))],
  ])) as { source: string; open_rows: string }[];
  return new Map(rows.map((row) => [row.source, Number(row.open_rows)]));
}

import { lastOf, valueOf } from '../oracle/counts';
import type { Told, Truth } from '../oracle/truth';
import { type ViewerHistoryRows, type ViewerRow, type ViewerTable, tableOf } from '../oracle/viewer-rows';

const TEN_SECONDS_MS = 10_000;
const SPAN_MS: Record<ViewerTable, number> = {
  viewer_buckets: TEN_SECONDS_MS,
  viewer_minutes: 60_000,
  viewer_hours: 3_600_000,
};

/** How long history must be there in steps of ten seconds, and of a minute; ms. */
export interface KeptGrains {
  tensMs: number;
  minutesMs: number;
}

/**
 * I11: every count is in one row of viewer history, of the table that its time belongs to, and each row is what its
 * distinct counts make; there is no other row. Steps are not coarser than the policy allows. `history`: at rest.
 */
export function viewersAgainst({ told }: Truth, history: ViewerHistoryRows, kept: KeptGrains): string[] {
  const expected = expectedRows(told, history);
  const found = new Map(history.rows.map((row) => [keyOf(row), valuesOf(row)]));
  const against = grainsAgainst(history, kept);
  if (history.leaving > 0) against.push(`${history.leaving} partitions that leave did not come to rest`);
  for (const [key, values] of found) if (!expected.has(key)) against.push(`${key}: ${values} is of no count`);
  for (const [key, values] of expected) {
    const stands = found.get(key);
    if (stands !== values) against.push(`${key}: ${values} expected, found ${stands ?? 'nothing'}`);
  }
  return against;
}

/** What all counts make, each in the table of its time. */
function expectedRows(told: readonly Told[], history: ViewerHistoryRows): Map<string, string> {
  const counts = told.filter(({ record }) => record.topic === 'viewers');
  const rows = Map.groupBy(counts, ({ subject: id, at }) => {
    const tens = startOf(Math.floor(at / 1000), TEN_SECONDS_MS);
    const table = tableOf(tens, history);
    return keyOf({ table, id, start: startOf(tens, SPAN_MS[table]) });
  });
  return new Map(
    [...rows].map(([key, list]) => {
      const values = list.map(valueOf);
      return [key, valuesOf({ min: Math.min(...values), max: Math.max(...values), last: valueOf(lastOf(list)) })];
    }),
  );
}

/** Nothing is coarser that is to be kept as it is. */
function grainsAgainst({ now, tensFrom, minutesFrom }: ViewerHistoryRows, { tensMs, minutesMs }: KeptGrains): string[] {
  return [
    ...(tensFrom > now - tensMs ? [`rows of ten seconds begin at ${tensFrom}, and it is ${now}`] : []),
    ...(minutesFrom > now - minutesMs ? [`rows of a minute begin at ${minutesFrom}, and it is ${now}`] : []),
  ];
}

function keyOf({ table, id, start }: Pick<ViewerRow, 'table' | 'id' | 'start'>): string {
  return `${id} in ${table} at ${start}`;
}

function valuesOf({ min, max, last }: Pick<ViewerRow, 'min' | 'max' | 'last'>): string {
  return `least ${min}, most ${max}, last ${last}`;
}

function startOf(ms: number, spanMs: number): number {
  return Math.floor(ms / spanMs) * spanMs;
}

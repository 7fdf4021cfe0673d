import { LATEST_TIME_MS } from '#libs/contracts';
import type { DataSource } from 'typeorm';

/** The counts of one step: `at` is where it begins, epoch ms. */
export interface ViewerStep {
  at: number;
  min: number;
  max: number;
  last: number;
}

/** From `from` on (epoch ms, up to the next part) counts are given in steps of so many ms. */
export interface ViewerPart {
  from: number;
  stepMs: number;
}

export interface ViewerHistory {
  /** Ascending; the first begins where the range does. More than one where the history is coarser than what was asked. */
  parts: ViewerPart[];
  steps: ViewerStep[];
}

interface Row {
  tens_from: number;
  minutes_from: number;
  at: number | null;
  min: number;
  max: number;
  last: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * A row of any grain belongs to a step of the part that its time lies in: there may be rows of ten seconds where minutes are
 * shown, which are about to be rolled up, or were already. A step that would begin in another part, of other steps, is cut.
 * The row without counts stands for `from`: the step that it belongs to is the first.
 */
const HISTORY = `
  WITH grains AS (
    SELECT tens_from, minutes_from, $4::interval AS tens, $5::interval AS minutes, $6::interval AS hours FROM viewer_grains
  ), found AS (
    SELECT bucket, min, max, last, last_at, seq, source, event_id FROM viewer_buckets
    WHERE session_id = $1 AND bucket >= $7 AND bucket < $8
    UNION ALL SELECT bucket, min, max, last, last_at, seq, source, event_id FROM viewer_minutes
    WHERE session_id = $1 AND bucket >= $7 AND bucket < $8
    UNION ALL SELECT bucket, min, max, last, last_at, seq, source, event_id FROM viewer_hours
    WHERE session_id = $1 AND bucket >= $7 AND bucket < $8
    UNION ALL SELECT $2::timestamptz, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  ), placed AS (
    SELECT f.*,
      CASE WHEN bucket < minutes_from THEN date_bin('1 hour', bucket, 'epoch')
        WHEN bucket < tens_from THEN date_bin('1 minute', bucket, 'epoch')
        ELSE bucket END AS stands_at,
      CASE WHEN bucket < minutes_from THEN date_bin(hours, bucket, 'epoch')
        WHEN bucket < tens_from THEN greatest(date_bin(minutes, bucket, 'epoch'),
          CASE WHEN hours > minutes THEN minutes_from ELSE '-infinity' END)
        ELSE greatest(date_bin(tens, bucket, 'epoch'),
          CASE WHEN minutes > tens THEN tens_from WHEN hours > tens THEN minutes_from ELSE '-infinity' END) END AS at
    FROM found f, grains
  ), steps AS (
    SELECT at, min(min) AS min, max(max) AS max,
      (array_agg(last ORDER BY last_at DESC, seq DESC, source DESC, event_id DESC, last DESC))[1] AS last
    FROM placed
    WHERE min IS NOT NULL AND at >= (SELECT at FROM placed WHERE min IS NULL) AND stands_at < $3
    GROUP BY at
  )
  SELECT extract(epoch FROM tens_from)::float8 * 1000 AS tens_from,
    extract(epoch FROM minutes_from)::float8 * 1000 AS minutes_from,
    extract(epoch FROM at)::float8 * 1000 AS at, min, max, last
  FROM grains LEFT JOIN steps ON true ORDER BY at`;

/**
 * The counts that were reported from `from` (rounded down to a step) to `to`, in steps; times and step in ms. Where the
 * history is coarser, a step is the next multiple of what there is, and counts of the last one up to its end are in it.
 */
export async function viewerHistory(
  source: DataSource,
  sessionId: string,
  { from, to, stepMs }: { from: number; to: number; stepMs: number },
): Promise<ViewerHistory> {
  const minutesMs = Math.ceil(stepMs / MINUTE_MS) * MINUTE_MS;
  const hoursMs = Math.ceil(stepMs / HOUR_MS) * HOUR_MS;
  const rows = (await source.query(HISTORY, [
    sessionId,
    iso(from),
    iso(to),
    ...[stepMs, minutesMs, hoursMs].map((ms) => `${ms} milliseconds`),
    // Of whatever grain: buckets that may have to do with the range.
    iso(from - hoursMs),
    iso(to + HOUR_MS),
  ])) as Row[];
  const [first] = rows;
  if (!first) throw new Error('the row of viewer_grains is missing');
  return {
    parts: partsOf(from, to, [
      { from: -Infinity, stepMs: hoursMs },
      { from: first.minutes_from, stepMs: minutesMs },
      { from: first.tens_from, stepMs },
    ]),
    steps: rows.flatMap(({ at, min, max, last }) => (at === null ? [] : [{ at, min, max, last }])),
  };
}

/** Those that the range touches, neighbours of one step in one. */
function partsOf(from: number, to: number, grains: readonly ViewerPart[]): ViewerPart[] {
  const parts: ViewerPart[] = [];
  for (const [index, grain] of grains.entries()) {
    const end = grains[index + 1]?.from ?? Infinity;
    if (grain.from >= to || end <= from || end <= grain.from) continue;
    if (parts.at(-1)?.stepMs !== grain.stepMs) parts.push({ from: Math.max(grain.from, from), stepMs: grain.stepMs });
  }
  return parts;
}

/** Within what Postgres and ISO 8601 can both say. */
function iso(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), LATEST_TIME_MS)).toISOString();
}

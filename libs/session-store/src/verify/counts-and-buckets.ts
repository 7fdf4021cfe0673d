import type { QueryRunner } from 'typeorm';
import { type Difference, NOTHING } from './difference';
import type { PageRange } from './page-range';

/** What was looked at of the counts of a page. */
export interface CountsLooked {
  differences: Difference[];
  /** How many sessions have a count. */
  counted: number;
  /** Of them, those of which the ten seconds of the count or of the peak are kept no more. */
  unknown: number;
}

interface Row {
  id: string;
  viewer_count: number;
  max_viewers: number;
  /** The greatest of all that is kept of its history. */
  top: number | null;
  /** Of the ten seconds of the last count. */
  last: number | null;
  last_is_same: boolean | null;
  last_is_kept: boolean;
  /** Of the ten seconds of the peak. */
  peak: number | null;
  peak_is_kept: boolean;
}

/** Holds counts and peaks against what is kept of the history, of all grains, both ways as far as it goes. */
export async function countsAgainstBuckets(runner: QueryRunner, { from, to }: PageRange): Promise<CountsLooked> {
  const rows = (await runner.query(COUNTS, [from, to])) as Row[];
  return {
    differences: rows.flatMap(differencesOf),
    counted: rows.length,
    unknown: rows.filter(({ last, peak }) => last === null || peak === null).length,
  };
}

function differencesOf(row: Row): Difference[] {
  const { id, viewer_count: count, max_viewers: peak, top } = row;
  const found: Difference[] = [];
  const tell = (where: string, expected: string, is: string) =>
    found.push({ kind: 'count', id, where, expected, found: is });
  const least = Math.max(count, top ?? 0);
  if (peak < least) tell('session_counts.max_viewers', `at least ${least}`, String(peak));
  if (row.last !== null && (row.last !== count || row.last_is_same === false)) {
    const same = row.last === count ? ' of the same event' : '';
    tell('session_counts.viewer_count', `${row.last}${same}, as in its ten seconds of viewer_buckets`, String(count));
  }
  if (row.peak !== null && row.peak < peak) {
    tell('session_counts.max_viewers', `${row.peak}, as in its ten seconds of viewer_buckets`, String(peak));
  }
  const isMissing = (row.last === null && row.last_is_kept) || (row.peak === null && row.peak_is_kept);
  if (isMissing) tell('viewer_buckets', 'the ten seconds of its count and of its peak', NOTHING);
  return found;
}

// From `tens_from` on there are all buckets of ten seconds, but for those that were beyond the future when they came. What
// is older may be rolled up already, or be about to be: only a maximum can be said of it.
const COUNTS = `
  SELECT c.session_id AS id, c.viewer_count, c.max_viewers, top.max AS top, last.last, peak.max AS peak,
    (last.last_at, last.seq, last.source, last.event_id) = (c.viewer_count_at, c.seq, c.source, c.event_id) AS last_is_same,
    c.viewer_count_at >= g.tens_from AND c.viewer_count_at < now() AS last_is_kept,
    c.max_viewers_at >= g.tens_from AND c.max_viewers_at < now() AS peak_is_kept
  FROM session_counts c CROSS JOIN viewer_grains g
  CROSS JOIN LATERAL (
    SELECT greatest(
      (SELECT max(b.max) FROM viewer_buckets b WHERE b.session_id = c.session_id),
      (SELECT max(b.max) FROM viewer_minutes b WHERE b.session_id = c.session_id),
      (SELECT max(b.max) FROM viewer_hours b WHERE b.session_id = c.session_id)) AS max
  ) top
  LEFT JOIN LATERAL (
    SELECT b.last, b.last_at, b.seq, b.source, b.event_id FROM viewer_buckets b
    WHERE b.session_id = c.session_id AND b.bucket = date_bin('10 seconds', c.viewer_count_at, timestamptz 'epoch')
      AND b.bucket >= g.tens_from
  ) last ON true
  LEFT JOIN LATERAL (
    SELECT b.max FROM viewer_buckets b
    WHERE b.session_id = c.session_id AND b.bucket = date_bin('10 seconds', c.max_viewers_at, timestamptz 'epoch')
      AND b.bucket >= g.tens_from
  ) peak ON true
  WHERE c.session_id BETWEEN $1 AND $2`;

import type { DataSource } from 'typeorm';

/** The counts of one step: `at` is where it begins, epoch ms. */
export interface ViewerStep {
  at: number;
  min: number;
  max: number;
  last: number;
}

interface Row {
  at: Date;
  min: number;
  max: number;
  last: number;
}

/** The counts that were reported from `from` (rounded down to a step) to `to`, in steps; times and step in ms. */
export async function viewerHistory(
  source: DataSource,
  sessionId: string,
  { from, to, stepMs }: { from: number; to: number; stepMs: number },
): Promise<ViewerStep[]> {
  const rows = (await source.query(
    `SELECT date_bin($4, bucket, 'epoch') AS at, min(min) AS min, max(max) AS max,
       (array_agg(last ORDER BY bucket DESC))[1] AS last
     FROM viewer_buckets
     WHERE session_id = $1 AND bucket >= date_bin($4, $2::timestamptz, 'epoch') AND bucket < $3
     GROUP BY 1 ORDER BY 1`,
    [sessionId, new Date(from).toISOString(), new Date(to).toISOString(), `${stepMs} milliseconds`],
  )) as Row[];
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}

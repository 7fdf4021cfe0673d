/** A row of viewer history: the counts of a session in the span of its table that begins at `start` (epoch ms). */
export interface ViewerRow {
  table: ViewerTable;
  id: string;
  start: number;
  min: number;
  max: number;
  last: number;
}

/** From the finest to the coarsest. */
export const VIEWER_TABLES = ['viewer_buckets', 'viewer_minutes', 'viewer_hours'] as const;
export type ViewerTable = (typeof VIEWER_TABLES)[number];

/** All viewer history at one moment; times in epoch ms. */
export interface ViewerHistoryRows {
  /** Of Postgres, when it was read. */
  now: number;
  /** From when on there are rows of ten seconds. */
  tensFrom: number;
  /** And before that, from when on there are rows of a minute. */
  minutesFrom: number;
  /** Partitions that are being rolled up, detached or dropped. */
  leaving: number;
  rows: ViewerRow[];
}

/** What `VIEWER_HISTORY` gives; without any row of history one line with nothing in it. */
export interface ViewerLine extends Omit<ViewerHistoryRows, 'rows'>, Omit<ViewerRow, 'table'> {
  table: ViewerTable | null;
}

/** One statement: all of it is of one moment. */
export const VIEWER_HISTORY = `
  WITH rows AS (
    SELECT 'viewer_buckets' AS "table", session_id, bucket, min, max, last FROM viewer_buckets
    UNION ALL SELECT 'viewer_minutes', session_id, bucket, min, max, last FROM viewer_minutes
    UNION ALL SELECT 'viewer_hours', session_id, bucket, min, max, last FROM viewer_hours
  )
  SELECT extract(epoch FROM now())::float8 * 1000 AS now,
    extract(epoch FROM g.tens_from)::float8 * 1000 AS "tensFrom",
    extract(epoch FROM g.minutes_from)::float8 * 1000 AS "minutesFrom",
    (SELECT count(*)::integer FROM leaving_partitions WHERE of_table LIKE 'viewer%') AS leaving,
    r."table", r.session_id AS id, extract(epoch FROM r.bucket)::float8 * 1000 AS start, r.min, r.max, r.last
  FROM viewer_grains g LEFT JOIN rows r ON true`;

/** The same as `isAtRest`, cheaper. */
export const VIEWERS_REST = `
  SELECT NOT EXISTS (SELECT FROM leaving_partitions WHERE of_table LIKE 'viewer%')
    AND NOT EXISTS (SELECT FROM viewer_buckets b WHERE b.bucket < g.tens_from)
    AND NOT EXISTS (SELECT FROM viewer_minutes m WHERE m.bucket < g.minutes_from) AS rests
  FROM viewer_grains g`;

/** The table that has what was counted in the ten seconds from `start` on. */
export function tableOf(start: number, { tensFrom, minutesFrom }: ViewerHistoryRows): ViewerTable {
  if (start >= tensFrom) return 'viewer_buckets';
  return start >= minutesFrom ? 'viewer_minutes' : 'viewer_hours';
}

/** Whether nothing is under way from one table to another. */
export function isAtRest(history: ViewerHistoryRows): boolean {
  const { tensFrom, minutesFrom, leaving, rows } = history;
  const from: Record<ViewerTable, number> = {
    viewer_buckets: tensFrom,
    viewer_minutes: minutesFrom,
    viewer_hours: -Infinity,
  };
  return leaving === 0 && rows.every(({ table, start }) => start >= from[table]);
}

import type { DataSource } from 'typeorm';

/** The tables that hold what Kafka says, with nothing of how it came. */
export const RECORD = [
  'sessions',
  'session_folds',
  'session_signals',
  'room_claims',
  'session_texts',
  'session_totals',
  'reference_data',
  'reference_texts',
  'session_counts',
  'viewer_buckets',
  'event_inbox',
  'session_log',
  'ingest_progress',
];

/** Columns that say in how many steps a row came to be, and when; `due` is when to look at it, soon enough in any case. */
const OF_THE_WAY = '\'{version,updated_at_row,due,look_at,counts_version,recorded_at,"offset",offset}\'::text[]';

type Row = Record<string, unknown>;

/** What every kept row says, but for its version: so two records compare whose events came in other slices. */
export async function rowsOf(source: DataSource): Promise<Record<string, Row[]>> {
  const tables = RECORD.filter((table) => !['session_log', 'ingest_progress', 'session_totals'].includes(table));
  const found: Record<string, Row[]> = {};
  for (const table of tables) {
    const rows = (await source.query(`SELECT to_jsonb(t) - ${OF_THE_WAY} AS row FROM ${table} t ORDER BY 1`)) as {
      row: Row;
    }[];
    found[table] = rows.map(({ row }) => row);
  }
  found['session_totals'] = (await source.query(
    `SELECT sum(scheduled) AS scheduled, sum(live) AS live, sum(ended) AS ended, sum(expired) AS expired FROM session_totals`,
  )) as Row[];
  return found;
}

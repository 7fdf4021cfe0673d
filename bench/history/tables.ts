import type { DataSource } from 'typeorm';
import type { Measured } from '../machinery/course';

/** Tables that lists read and that grow. */
const READ = ['sessions', 'session_texts', 'session_counts', 'reference_data', 'reference_texts'];

/** How often tables that grow were read from one end to the other, by anybody. */
export async function scansOf(source: DataSource): Promise<number> {
  const [row] = (await source.query(
    `SELECT sum(seq_scan)::int AS scans FROM pg_stat_user_tables WHERE relname = ANY ($1)`,
    [READ],
  )) as { scans: number }[];
  return row?.scans ?? 0;
}

/** Bytes per session of each table that grows with them, and of each of its indices. */
export async function sizesOf(source: DataSource): Promise<Measured> {
  const rows = (await source.query(
    `SELECT c.relname AS name, pg_table_size(c.oid)::float8 / nullif(t.reltuples, 0) AS bytes
     FROM pg_class t JOIN pg_class c ON c.oid = t.oid OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = t.oid)
     WHERE t.relname IN ('sessions', 'session_texts', 'session_counts') ORDER BY t.relname, c.relkind DESC, c.relname`,
  )) as { name: string; bytes: number | null }[];
  return Object.fromEntries(
    rows.map(({ name, bytes }) => [`bytes/row of ${name}`, Math.round((bytes ?? 0) * 10) / 10]),
  );
}

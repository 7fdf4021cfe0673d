import type { DataSource } from 'typeorm';
import { DISTRUST } from '../epochs';
import { inTransaction } from '../transaction';

/** How much a record has of what Kafka said; all 0: it is empty. */
export interface RecordSize {
  sessions: number;
  /** Rooms, hosts and presets. */
  entities: number;
  counted: number;
  /** Partitions that were read from. */
  partitions: number;
}

export async function recordSize(source: DataSource): Promise<RecordSize> {
  const [row] = (await source.query(
    `SELECT (SELECT count(*) FROM session_folds)::int AS sessions, (SELECT count(*) FROM reference_data)::int AS entities,
       (SELECT count(*) FROM session_counts)::int AS counted,
       (SELECT count(*) FROM ingest_progress WHERE next_offset > 0)::int AS partitions`,
  )) as [RecordSize];
  return row;
}

/** What no message has made. All else is emptied, also what a later version adds. */
const KEPT = [
  'migrations',
  'api_keys',
  'topic_pauses',
  'admin_acts',
  'projection_state',
  'text_folding',
  'viewer_grains',
  'leaving_partitions',
  'maintenance_post',
  'reference_floor',
];

/** Whoever waits for these locks makes every slice wait. */
const LOCK_WITHIN_MS = 5000;

/**
 * Throws away what the record has of messages, all or nothing. A running lifecycle service finds that the record does not
 * know its place, and begins with the earliest offset that Kafka keeps.
 */
export async function emptyRecord(source: DataSource): Promise<void> {
  await inTransaction(source, async (runner) => {
    await runner.query(`SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
    const tables = (await runner.query(TABLES, [KEPT])) as { name: string }[];
    await runner.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`);
    await runner.query(`INSERT INTO quarantine_total (open_rows) VALUES (0)`);
    await runner.query(DISTRUST);
  });
}

const TABLES = `
  SELECT quote_ident(relname) AS name FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname <> ALL ($1) ORDER BY relname`;

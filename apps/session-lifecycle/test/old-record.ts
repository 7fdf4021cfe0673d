import { migrate } from '#libs/session-store';
import type { DataSource } from 'typeorm';

/** Of each table: a half is old. So a step is not enough for its sessions. */
const ROWS = 3000;
/** Days back from now of which there are events and viewers. */
const DAYS = 6;

/** Fills a new database with what is old by `now` (epoch ms) and what is not, every time with the same. */
export async function fillOldRecord(source: DataSource, now: number): Promise<void> {
  await migrate(source);
  const runner = source.createQueryRunner();
  try {
    for (const text of statements(`timestamptz '${new Date(now).toISOString()}'`)) await runner.query(text);
  } finally {
    await runner.release();
  }
}

/**
 * All that a record says, table by table, but for when it wrote it down; and the names of its partitions, but for those that
 * stand for others that left: these are fewer or more by how often somebody looked meanwhile.
 */
export async function rowsOfRecord(source: DataSource): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const table of TABLES) {
    found[table] = await source.query(
      `SELECT (to_jsonb(t) - '{received_at,created_at}'::text[])::text AS row FROM ${table} t ORDER BY 1`,
    );
  }
  found['session_totals'] = await source.query(`SELECT sum(live) AS live, sum(ended) AS ended FROM session_totals`);
  found['told'] = await source.query(`SELECT unnest(sessions) AS id FROM outbox ORDER BY 1`);
  found['partitions'] = await source.query(
    `SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname !~ '_gone_' ORDER BY 1`,
  );
  return found;
}

const TABLES = [
  'sessions',
  'session_folds',
  'session_signals',
  'session_texts',
  'session_counts',
  'session_tombstones',
  'room_claims',
  'viewer_buckets',
  'viewer_minutes',
  'viewer_hours',
  'viewer_grains',
  'leaving_partitions',
  'event_inbox',
  'quarantine',
  'quarantine_ranges',
  'quarantine_total',
  'reference_data',
  'reference_texts',
  'reference_floor',
  'ingest_gaps',
  'api_keys',
];

const statements = (now: string) => [
  `CREATE TEMP TABLE given AS SELECT n, md5('one' || n)::uuid AS id,
     CASE n % 2 WHEN 0 THEN ${now} - interval '500 days' ELSE ${now} - interval '1 hour' END + n * interval '1 ms' AS at
     FROM generate_series(1, ${ROWS}) n`,
  `INSERT INTO sessions (id, version, status, created_at, updated_at, listed, deleted)
     SELECT id, 1, (ARRAY['ended', 'expired', 'live', 'ended'])[1 + n / 2 % 4], at, at, n / 2 % 4 < 3, false FROM given`,
  `INSERT INTO session_folds SELECT id, 1, NULL, '', '{"t":[]}' FROM given`,
  `INSERT INTO session_signals SELECT id, NULL, NULL, false, NULL FROM given`,
  `INSERT INTO session_texts SELECT id, 1, 'text', '{tex,ext}' FROM given`,
  `INSERT INTO room_claims SELECT id, at, 0, '/a', 'e', md5('room' || n % 50)::uuid FROM given`,
  `INSERT INTO session_counts (session_id, version, viewer_count, viewer_count_at, seq, source, event_id, max_viewers,
       max_viewers_at, look_at)
     SELECT CASE n % 4 WHEN 0 THEN md5('unknown' || n)::uuid ELSE id END, 1, 1, at, 0, '/a', 'e', 1, at, at FROM given`,
  `INSERT INTO viewer_buckets (session_id, bucket, min, max, last, last_at, seq, source, event_id)
     SELECT id, date_trunc('minute', ${now} - day * interval '1 day'), n, n, n, ${now} - day * interval '1 day', 0, '/a', 'e'
     FROM given, generate_series(0, ${DAYS}) AS day WHERE n <= 100`,
  `INSERT INTO event_inbox (identity, content, day)
     SELECT id, id, (${now} AT TIME ZONE 'UTC')::date - day FROM given, generate_series(0, ${DAYS}) AS day WHERE n <= 100`,
  `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, kind, reason, error, headers, state, state_at)
     SELECT 't', 0, n, n, at, 'record', 'r', 'e', '', CASE n % 3 WHEN 0 THEN 'open' ELSE 'replayed' END, at FROM given`,
  `INSERT INTO quarantine_ranges (topic, partition, from_offset, to_offset, source, reason, messages, first_ms, last_ms,
       state, state_at)
     SELECT 't', 0, n, n, '', 'r', 1, 1, 1, CASE n % 3 WHEN 0 THEN 'open' ELSE 'discarded' END, at FROM given`,
  `INSERT INTO session_tombstones SELECT md5('left' || n)::uuid, 1, false, at FROM given`,
  `INSERT INTO reference_data (id, kind, version, at, "offset", state)
     SELECT id, 'room', n, at, n, CASE n % 3 WHEN 0 THEN '{}'::jsonb END FROM given`,
  `INSERT INTO reference_texts SELECT id, 'room', 1, '', '{}' FROM given`,
  `INSERT INTO ingest_gaps (topic, partition, kind, from_offset, to_offset, why, found_at)
     SELECT 't', 0, 'missing', n, n + 1, 'w', at FROM given`,
  `INSERT INTO api_keys (id, name, digest, scopes, revoked_at)
     SELECT id, 'k', '', '{}', CASE n % 3 WHEN 0 THEN NULL ELSE at END FROM given`,
  `DROP TABLE given`,
];

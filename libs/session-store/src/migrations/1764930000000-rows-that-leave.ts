import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What rows that leave need: an index by age for each table, and what stays of a session that left. */
export class RowsThatLeave1764930000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  // What a session that left had come to. An event that the broker got before `left_at` was taken while it was there.
  `CREATE TABLE session_tombstones (
    id uuid PRIMARY KEY,
    version bigint NOT NULL,
    deleted boolean NOT NULL,
    left_at timestamptz NOT NULL
  )`,
  `CREATE INDEX session_tombstones_left ON session_tombstones (left_at, id)`,
  `CREATE INDEX sessions_unlisted ON sessions (updated_at, id) WHERE NOT listed`,
  // When to look whether a session of these counts was listed meanwhile; null: it was. It moves with no count, so that
  // counts stay HOT.
  `ALTER TABLE session_counts ADD COLUMN look_at timestamptz`,
  `UPDATE session_counts c SET look_at = viewer_count_at WHERE NOT EXISTS (SELECT FROM sessions s WHERE s.id = c.session_id)`,
  `CREATE INDEX session_counts_look ON session_counts (look_at) WHERE look_at IS NOT NULL`,
  `CREATE INDEX quarantine_closed ON quarantine (state_at, id) WHERE state <> 'open'`,
  `CREATE INDEX quarantine_ranges_closed ON quarantine_ranges (state_at, id) WHERE state <> 'open'`,
  `CREATE INDEX ingest_gaps_found ON ingest_gaps (found_at, id)`,
  `CREATE INDEX api_keys_revoked ON api_keys (revoked_at, id) WHERE revoked_at IS NOT NULL`,
  `CREATE INDEX reference_data_deleted ON reference_data (at, id) WHERE state IS NULL`,
  // The greatest version of any entity that left: one that comes back goes on above it. A single row.
  `CREATE TABLE reference_floor (single boolean PRIMARY KEY DEFAULT true CHECK (single), version bigint NOT NULL)`,
  `INSERT INTO reference_floor (version) VALUES (0)`,
];

const DOWN = [
  `DROP TABLE reference_floor, session_tombstones`,
  `DROP INDEX reference_data_deleted, api_keys_revoked, ingest_gaps_found, quarantine_ranges_closed, quarantine_closed,
     sessions_unlisted`,
  `ALTER TABLE session_counts DROP COLUMN look_at`,
];

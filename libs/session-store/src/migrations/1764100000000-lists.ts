import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What lists need to stay index scans: each order in both directions, one status alone, and text anywhere. */
export class Lists1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP INDEX sessions_started_up, sessions_planned_up, sessions_status_updated, sessions_title_text,
         sessions_description_text, reference_data_text`,
    );
  }
}

const UP = [
  `CREATE EXTENSION IF NOT EXISTS pg_trgm`,
  `CREATE INDEX sessions_started_up ON sessions (started_at ASC NULLS LAST, id ASC) WHERE listed`,
  `CREATE INDEX sessions_planned_up ON sessions (scheduled_start_time ASC NULLS LAST, id ASC) WHERE listed`,
  `CREATE INDEX sessions_status_updated ON sessions (status, updated_at DESC, id DESC) WHERE listed`,
  `CREATE INDEX sessions_title_text ON sessions USING gin (title gin_trgm_ops) WHERE listed`,
  `CREATE INDEX sessions_description_text ON sessions USING gin (description gin_trgm_ops) WHERE listed`,
  `CREATE INDEX reference_data_text ON reference_data
     USING gin ((state ->> 'title') gin_trgm_ops, (state ->> 'username') gin_trgm_ops)`,
];

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a redelivery would not project again is written down with the change; and which epoch was switched in last. */
export class ProjectionOwed1764450000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE projection_owed (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      sessions uuid[] NOT NULL,
      since timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
    await runner.query(
      `CREATE TABLE projection_state (single boolean PRIMARY KEY DEFAULT true CHECK (single), epoch bigint NOT NULL)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE projection_owed, projection_state`);
  }
}

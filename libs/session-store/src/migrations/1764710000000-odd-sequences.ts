import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A `sequence` that is no integer orders nothing; the log keeps it as text. */
export class OddSequences1764710000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE event_log ADD COLUMN odd_sequence text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE event_log DROP COLUMN odd_sequence`);
  }
}

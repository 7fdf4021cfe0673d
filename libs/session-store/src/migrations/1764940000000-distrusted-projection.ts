import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The record can say that it went back, as by a restored backup, and that no Redis may be trusted that was told before. */
export class DistrustedProjection1764940000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE projection_state ADD COLUMN distrusted boolean NOT NULL DEFAULT false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE projection_state DROP COLUMN distrusted`);
  }
}

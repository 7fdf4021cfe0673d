import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The oldest of what waits is found without the rest of it: of the outbox's merged rows, and of the fan-out's entities. */
export class OldestFirst1764946000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX outbox_merged ON outbox (first, id) WHERE merged`);
    await runner.query(`CREATE INDEX fan_out_since ON fan_out (since, entity)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX fan_out_since, outbox_merged`);
  }
}

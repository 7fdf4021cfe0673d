import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which rooms, hosts and presets have changed while more open sessions show them than one transaction takes. */
export class FanOut1764720000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE fan_out (
      entity uuid PRIMARY KEY,
      after uuid NOT NULL,
      since timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE fan_out`);
  }
}

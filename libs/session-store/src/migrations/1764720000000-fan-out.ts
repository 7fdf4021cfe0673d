import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which rooms, hosts and presets have changed while more open sessions show them than one transaction takes. */
export class FanOut1764720000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  `CREATE TABLE fan_out (
    entity uuid PRIMARY KEY,
    after uuid NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp()
  )`,
  // With the id: the next page of those that show one entity is one range, however many come before and after.
  `CREATE INDEX sessions_open_preset ON sessions (preset_id, id) WHERE listed AND status IN ('scheduled', 'live')`,
  `CREATE INDEX sessions_open_room ON sessions (room_id, id) WHERE listed AND status IN ('scheduled', 'live')`,
  `DROP INDEX sessions_preset`,
];

const DOWN = [
  `CREATE INDEX sessions_preset ON sessions (preset_id) WHERE status IN ('scheduled', 'live')`,
  `DROP INDEX sessions_open_preset, sessions_open_room`,
  `DROP TABLE fan_out`,
];

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log keeps when the broker got an event: with the event's own time it tells of a clock that is wrong. */
export class EventBrokerTime1764700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE event_log ADD COLUMN broker_time timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE event_log DROP COLUMN broker_time`);
  }
}

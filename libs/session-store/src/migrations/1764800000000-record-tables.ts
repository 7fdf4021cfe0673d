import type { MigrationInterface, QueryRunner } from 'typeorm';
import { INBOX_AND_LOG } from './inbox-and-log.sql';

/** The tables of the record. */
export class RecordTables1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of INBOX_AND_LOG) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE event_inbox, session_log`);
  }
}

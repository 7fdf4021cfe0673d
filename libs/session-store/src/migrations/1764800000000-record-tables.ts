import type { MigrationInterface, QueryRunner } from 'typeorm';
import { deriveAnew } from './record-tables/derive-anew';
import { foldAnew } from './record-tables/fold-anew';
import { INBOX_AND_LOG } from './record-tables/inbox-and-log';
import { moveEvents } from './record-tables/move-events';
import { FOLDS_AND_CLAIMS, OLD_PARTS } from './record-tables/tables';

/**
 * The record costs nothing that depends on its past: an inbox and a log instead of one event log, folds and signals apart
 * from the content that is shown, one claim on a room per start. It contracts: a backup is the way back.
 */
export class RecordTables1764800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...INBOX_AND_LOG, ...FOLDS_AND_CLAIMS]) await runner.query(statement);
    const { anew, kept } = await foldAnew(runner);
    const events = await moveEvents(runner);
    const changed = await deriveAnew(runner);
    for (const statement of OLD_PARTS) await runner.query(statement);
    const says = `record-tables: ${anew} sessions folded anew, ${kept} whose log is not whole kept as they were, ${changed} shown otherwise, ${events} events moved`;
    if (anew + kept + events > 0) await runner.query(`DO $$ BEGIN RAISE NOTICE '${says}'; END $$`);
  }

  down(): Promise<void> {
    throw new Error(
      'the migration record-tables cannot be taken back: restore a backup from before it, and read Kafka again from there',
    );
  }
}

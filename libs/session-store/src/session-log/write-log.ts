import type { QueryRunner } from 'typeorm';
import type { Columns } from '../columns';
import { copyInto } from '../wire/copy-into';

/** What one slice says of one session or entity. */
export interface LogRow {
  subject: string;
  /** Where the events lay; null where there were none: what was derived. */
  topic: string | null;
  partition: number | null;
  first_offset: string | null;
  last_offset: string | null;
  /** A JSON array, see entry.ts. */
  entries: string;
}

type DatedRow = LogRow & { day: number };

const COLUMNS: Columns<DatedRow> = [
  ['day', 'date'],
  ['subject', 'uuid'],
  ['topic', 'text'],
  ['partition', 'integer'],
  ['first_offset', 'bigint'],
  ['last_offset', 'bigint'],
  ['entries', 'text'],
];

/**
 * Appends rows to the log, in the caller's transaction, which holds the locks of their subjects: so the numbers of one
 * subject's rows are in the order of their commits, and who reads on from a number misses nothing.
 */
export async function writeLog(runner: QueryRunner, rows: readonly LogRow[]): Promise<void> {
  const day = Date.now();
  const sorted = [...rows].sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0));
  await copyInto(
    runner,
    'session_log',
    COLUMNS,
    sorted.map((row) => ({ ...row, day })),
  );
}

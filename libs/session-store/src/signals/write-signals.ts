import type { QueryRunner } from 'typeorm';
import { type Columns, EPOCH_MS, unnest } from '../columns';
import type { SignalsRow } from '../folds/lock-folds';
import { copyInto } from '../wire/copy-into';

export type SessionSignals = SignalsRow & { session_id: string };

const COLUMNS: Columns<SessionSignals> = [
  ['session_id', 'uuid'],
  ['last_signal_at', EPOCH_MS],
  ['half_lease_ms', 'integer'],
  ['calm', 'boolean'],
  ['due', EPOCH_MS],
];

export function insertSignals(runner: QueryRunner, rows: readonly SessionSignals[]): Promise<void> {
  return copyInto(runner, 'session_signals', COLUMNS, rows);
}

/** The rows must be locked since they were read. */
export async function updateSignals(runner: QueryRunner, rows: readonly SessionSignals[]): Promise<void> {
  if (rows.length > 0) await runner.query(UPDATE, unnest(COLUMNS, rows).values);
}

const UPDATE = `
  UPDATE session_signals s SET
    last_signal_at = given.last_signal_at, half_lease_ms = given.half_lease_ms, calm = given.calm, due = given.due
  FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[], $4::boolean[], $5::timestamptz[])
    AS given (session_id, last_signal_at, half_lease_ms, calm, due)
  WHERE s.session_id = given.session_id`;

import { type SessionRecord, decodeRecord } from '#libs/session';
import type { QueryRunner } from 'typeorm';

/** A session as it stands in its narrow rows, locked until the transaction ends. */
export interface HeldSession {
  /** With the last signal, which the fold's text leaves to session_signals. */
  record: SessionRecord;
  version: number;
  roomId: string | null;
  /** The digest of the content that its wide row shows. */
  content: Buffer;
  /** The fold as it is written. */
  fold: string;
  signals: SignalsRow;
}

/** How a session stands in session_signals; times in epoch ms. */
export interface SignalsRow {
  last_signal_at: number | null;
  /** Half of the lease where signals say when to look next; else null. */
  half_lease_ms: number | null;
  calm: boolean;
  due: number | null;
}

interface Row {
  id: string;
  version: string;
  room_id: string | null;
  content: Buffer;
  fold: string;
  last_signal_at: Date | null;
  half_lease_ms: number | null;
  calm: boolean;
  due: Date | null;
}

/** Locks sessions in the order of their ids, and gives them; those that are not known are missing. */
export async function lockFolds(runner: QueryRunner, ids: readonly string[]): Promise<Map<string, HeldSession>> {
  if (ids.length === 0) return new Map();
  const rows = (await runner.query(LOCK, [ids])) as Row[];
  return new Map(rows.map((row) => [row.id, heldSession(row)]));
}

// The signals too: a heartbeat on its narrow way waits until it is known whether the session is still calm.
const LOCK = `
  SELECT f.id, f.version, f.room_id, f.content, f.fold, s.last_signal_at, s.half_lease_ms, s.calm, s.due
  FROM session_folds f JOIN session_signals s ON s.session_id = f.id
  WHERE f.id = ANY($1::uuid[]) ORDER BY f.id FOR NO KEY UPDATE OF f, s`;

function heldSession(row: Row): HeldSession {
  const lastSignalAt = row.last_signal_at?.getTime() ?? null;
  const record = decodeRecord(row.id, row.fold);
  return {
    record: lastSignalAt === null ? record : { ...record, last_signal_at: lastSignalAt },
    version: Number(row.version),
    roomId: row.room_id,
    content: row.content,
    fold: row.fold,
    signals: {
      last_signal_at: lastSignalAt,
      half_lease_ms: row.half_lease_ms,
      calm: row.calm,
      due: row.due?.getTime() ?? null,
    },
  };
}

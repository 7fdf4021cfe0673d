import { type SessionRecord, decodeRecord } from '#libs/session';
import type { DataSource } from 'typeorm';

/** A session as it is held, without a lock: what it says may be over. undefined: nothing is held of it. */
export async function heldFold(source: DataSource, id: string): Promise<SessionRecord | undefined> {
  const [row] = (await source.query(HELD, [id])) as { id: string; fold: string; last_signal_at: Date | null }[];
  if (!row) return undefined;
  const record = decodeRecord(row.id, row.fold);
  return row.last_signal_at === null ? record : { ...record, last_signal_at: row.last_signal_at.getTime() };
}

const HELD = `
  SELECT f.id, f.fold, s.last_signal_at FROM session_folds f JOIN session_signals s ON s.session_id = f.id WHERE f.id = $1`;

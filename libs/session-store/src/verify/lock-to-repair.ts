import type { QueryRunner } from 'typeorm';

/** A fold, and what stands beside it; locked until the transaction ends. */
export interface LockedFold {
  id: string;
  version: number;
  fold: string;
  /** The digest of what is shown. */
  digest: Buffer;
  /** Of the row in `sessions`; null: there is none. */
  shownVersion: number | null;
  lastSignalAt: number | null;
  hasSignals: boolean;
}

interface FoldRow {
  id: string;
  version: string;
  fold: string;
  content: Buffer;
  shown_version: string | null;
}

interface SignalRow {
  session_id: string;
  last_signal_at: Date | null;
}

/** Locks folds in the order of their ids, then their signals. Unlike `lockFolds` it gives those whose signals are missing. */
export async function lockToRepair(runner: QueryRunner, ids: readonly string[]): Promise<LockedFold[]> {
  const folds = (await runner.query(LOCK_FOLDS, [ids])) as FoldRow[];
  const rows = (await runner.query(LOCK_SIGNALS, [ids])) as SignalRow[];
  const signals = new Map(rows.map((row) => [row.session_id, row]));
  return folds.map(({ id, version, fold, content: digest, shown_version: shown }) => ({
    id,
    version: Number(version),
    fold,
    digest,
    shownVersion: shown === null ? null : Number(shown),
    lastSignalAt: signals.get(id)?.last_signal_at?.getTime() ?? null,
    hasSignals: signals.has(id),
  }));
}

const LOCK_FOLDS = `
  SELECT f.id, f.version, f.fold, f.content, (SELECT s.version FROM sessions s WHERE s.id = f.id) AS shown_version
  FROM session_folds f WHERE f.id = ANY($1::uuid[]) ORDER BY f.id FOR NO KEY UPDATE`;

const LOCK_SIGNALS = `
  SELECT session_id, last_signal_at FROM session_signals
  WHERE session_id = ANY($1::uuid[]) ORDER BY session_id FOR NO KEY UPDATE`;

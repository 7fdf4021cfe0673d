import type { QueryRunner } from 'typeorm';
import { type Columns, EPOCH_MS, unnest } from '../columns';

/** The greatest signal time of a session's heartbeats, epoch ms. */
export interface Beat {
  session_id: string;
  last_signal_at: number;
}

const COLUMNS: Columns<Beat> = [
  ['session_id', 'uuid'],
  ['last_signal_at', EPOCH_MS],
];

/**
 * The narrow way of heartbeats: notes when calm sessions gave their last sign, and nothing else, since nothing that is
 * shown depends on it. Gives the sessions that are not calm any more; their heartbeats are yet to be folded.
 */
export async function beatCalm(runner: QueryRunner, beats: readonly Beat[]): Promise<string[]> {
  if (beats.length === 0) return [];
  const [rows] = (await runner.query(BEAT, unnest(COLUMNS, beats).values)) as [{ session_id: string }[], number];
  if (rows.length === beats.length) return [];
  const calm = new Set(rows.map(({ session_id: id }) => id));
  return beats.map(({ session_id: id }) => id).filter((id) => !calm.has(id));
}

// No index has the column: the new version of the row stays on its page, and no index is written (HOT).
const BEAT = `
  UPDATE session_signals s SET last_signal_at = greatest(s.last_signal_at, given.last_signal_at)
  FROM unnest($1::uuid[], $2::timestamptz[]) AS given (session_id, last_signal_at)
  WHERE s.session_id = given.session_id AND s.calm RETURNING s.session_id`;

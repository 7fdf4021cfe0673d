import type { DataSource } from 'typeorm';
import { lookUpByKeys } from '../by-keys';
import { type Columns, EPOCH_MS, unnest } from '../columns';
import { inTransaction } from '../transaction';

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
 * shown depends on it. Gives the sessions that are calm; the heartbeats of the others are yet to be folded.
 *
 * In a transaction of its own, before that of the slice: who holds the folds of a slice must not wait for the signals of
 * a session that another slice takes over. A sign that is noted although its slice fails comes again with the slice.
 */
export async function beatCalm(source: DataSource, beats: readonly Beat[]): Promise<Set<string>> {
  if (beats.length === 0) return new Set();
  const rows = await inTransaction(source, async (runner) => {
    await lookUpByKeys(runner);
    // What is committed after it, as the slice is, is not durable before it.
    await runner.query(`SELECT set_config('synchronous_commit', 'off', true)`);
    const [beaten] = (await runner.query(BEAT, unnest(COLUMNS, beats).values)) as [{ session_id: string }[], number];
    return beaten;
  });
  return new Set(rows.map(({ session_id: id }) => id));
}

// No index has the column: the new version of the row stays on its page, and no index is written (HOT).
const BEAT = `
  UPDATE session_signals s SET last_signal_at = greatest(s.last_signal_at, given.last_signal_at)
  FROM unnest($1::uuid[], $2::timestamptz[]) AS given (session_id, last_signal_at)
  WHERE s.session_id = given.session_id AND s.calm RETURNING s.session_id`;

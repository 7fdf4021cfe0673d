import type { SessionRow, SignalsRow } from '../oracle/record-rows';
import { type Truth, firstCopies } from '../oracle/truth';

const LATE_MS = 10 * 60_000;

/**
 * I12: the last signal of a session is the greatest of its starts and heartbeats, whichever way they took; and no session
 * counts as calm that a further signal would change.
 */
export function signalsAgainst(
  { told }: Truth,
  sessions: ReadonlyMap<string, SessionRow>,
  rows: readonly SignalsRow[],
): string[] {
  const latest = new Map<string, number>();
  for (const { type, subject, at, broker } of firstCopies(told)) {
    if (type !== 'session.started.v1' && type !== 'session.heartbeat.v1') continue;
    const atMs = Math.floor(at / 1000);
    // What is late says when it was sent; all else, when the broker got it.
    const signal = broker - atMs > LATE_MS ? atMs : broker;
    latest.set(subject, Math.max(latest.get(subject) ?? signal, signal));
  }
  const found = new Map(rows.map((row) => [row.session_id, row]));
  const heard = [...latest].flatMap(([id, signal]) => {
    const at = found.get(id)?.last_signal_at?.getTime();
    if (at === signal) return [];
    return [`${id} gave its last sign at ${signal}, recorded is ${at ?? 'none'}`];
  });
  const calm = rows.filter(({ session_id: id, calm }) => calm && wouldChange(sessions.get(id)));
  return [...heard, ...calm.map(({ session_id: id }) => `${id} counts as calm, and the next sign would change it`)];
}

function wouldChange(row: SessionRow | undefined): boolean {
  if (!row || row.deleted) return false;
  return row.health === 'reconnecting' || row.end_reason === 'lost';
}

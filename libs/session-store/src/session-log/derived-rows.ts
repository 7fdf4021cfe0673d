import { type Standing, byItsEvents, isDecidedAnew, sameStanding } from '#libs/session';
import type { DerivedSession } from '../folds/derive-held';
import { derivedRow } from './log-rows';
import type { LogRow } from './write-log';

/**
 * Of sessions that stand otherwise than before, or than an event of theirs says, where their own events do not explain it:
 * by time, by a heartbeat, by another session. `before`: how those stood whose content is another now. `at`: epoch µs of
 * when a session became so.
 */
export function derivedRows(
  sessions: readonly DerivedSession[],
  before: ReadonlyMap<string, Standing>,
  at: (session: DerivedSession) => number,
): LogRow[] {
  return sessions
    .filter((one) => !isExplained(one, before.get(one.id) ?? one.content))
    .map((one) => derivedRow(one.id, at(one), one.content));
}

/** Whoever reads the log takes a session to stand as the event says that decides it anew, else as it stood before. */
function isExplained(one: DerivedSession, then: Standing): boolean {
  const { before, record, content: now } = one;
  if (before === undefined || isDecidedAnew(before.record, record)) return standsByItsEvents(one);
  if (sameStanding(then, now)) return true;
  // As by its first heartbeat, which may come before this slice or in it.
  return standsByItsEvents(one) && sameStanding(then, byItsEvents(before.record));
}

function standsByItsEvents({ record, takeover, content }: DerivedSession): boolean {
  // Of most sessions nothing else has a say.
  if (takeover === undefined && record.checked_at === undefined) return true;
  return sameStanding(content, byItsEvents(record));
}

import { derive, sameContent } from './derive';
import type { SessionRecord } from './session-record';
import type { EventToken } from './token';

/**
 * Whether no further heartbeat can change what is shown, but only when to look next: its content is what it would be if
 * signals came for ever, and that it sends heartbeats is known. `takeover`: as for `derive`.
 */
export function isCalm(record: SessionRecord, takeover: EventToken | undefined): boolean {
  if (!record.heartbeats) return false;
  return sameContent(derive(record, takeover), derive({ ...record, last_signal_at: Infinity }, takeover));
}

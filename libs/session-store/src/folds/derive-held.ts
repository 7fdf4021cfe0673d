import {
  type Derived,
  type EventToken,
  type SessionRecord,
  derive,
  encodeRecord,
  halfLeaseMsOf,
  isCalm,
} from '#libs/session';
import type { HeldSession, SignalsRow } from './lock-folds';
import { type SessionContent, contentDigest } from './write-sessions';

/** A session as it is to stand now. */
export interface DerivedSession {
  id: string;
  record: SessionRecord;
  takeover: EventToken | undefined;
  version: number;
  content: SessionContent;
  digest: Buffer;
  fold: string;
  signals: SignalsRow;
  /** undefined: it is new. */
  before: HeldSession | undefined;
  /** What is shown is not what was shown. */
  changed: boolean;
  /** Title and description are not what they were. */
  textsChanged: boolean;
}

/**
 * Derives a session. Its version grows by one where its content is another; when to look next and the last signal are no
 * content.
 */
export function deriveHeld(
  record: SessionRecord,
  before: HeldSession | undefined,
  takeover: EventToken | undefined,
): DerivedSession {
  const { next_check_at: nextCheckAt, ...content } = derive(record, takeover);
  const digest = contentDigest(content);
  const changed = before === undefined || !before.content.equals(digest);
  return {
    id: record.id,
    record,
    takeover,
    version: before === undefined ? 1 : before.version + (changed ? 1 : 0),
    content,
    digest,
    fold: foldText(record),
    signals: signalsOf(record, content.status, nextCheckAt, takeover),
    before,
    changed,
    textsChanged: changed && hasOtherTexts(record, before?.record),
  };
}

/** Without the last signal: session_signals alone has it, so a heartbeat leaves the fold as it is. */
export function foldText(record: SessionRecord): string {
  const { last_signal_at: _, ...rest } = record;
  return encodeRecord(rest);
}

function signalsOf(
  record: SessionRecord,
  status: Derived['status'],
  nextCheckAt: number | null,
  takeover: EventToken | undefined,
): SignalsRow {
  return {
    last_signal_at: record.last_signal_at ?? null,
    // What waits to expire does so whatever signals come.
    half_lease_ms: status === 'live' && record.deleted !== true ? halfLeaseMsOf(record) : null,
    calm: isCalm(record, takeover),
    due: nextCheckAt,
  };
}

function hasOtherTexts({ fields: now }: SessionRecord, before: SessionRecord | undefined): boolean {
  if (before === undefined) return now.title != null || now.description != null;
  const { fields: then } = before;
  return now.title?.value !== then.title?.value || now.description?.value !== then.description?.value;
}

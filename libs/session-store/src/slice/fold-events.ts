import { type Did, type SessionRecord, claimOf, didOf, evolve, saysOtherRoom } from '#libs/session';
import type { MovedSession } from '../claims/move-claims';
import { type ClaimRow, claimRow } from '../claims/put-claims';
import type { HeldSession } from '../folds/lock-folds';
import type { ToLog } from '../session-log/log-rows';
import { isRedelivered } from '../session-log/redelivered';
import { isHeartbeat } from './of-events';
import type { SessionToRecord } from './slice';

/** The sessions after a slice's events, and what the log is to say of those. */
export interface FoldedSlice {
  records: Map<string, SessionRecord>;
  logged: {
    entries: ToLog[];
    /** By session: the latest time of its events, epoch µs; and of all. */
    latest: Map<string, number>;
    last: number;
  };
}

/**
 * Folds events in memory. Those that are known change nothing, so they are not folded again; such a one is logged as a
 * duplicate unless it is redelivered (`nextOffset`: see there). Heartbeats are not logged.
 */
export function foldEvents(
  held: ReadonlyMap<string, HeldSession>,
  taken: readonly SessionToRecord[],
  known: ReadonlySet<SessionToRecord>,
  nextOffset: string | null,
): FoldedSlice {
  const records = new Map([...held].map(([id, { record }]) => [id, record]));
  const logged: FoldedSlice['logged'] = { entries: [], latest: new Map(), last: 0 };
  for (const one of taken) {
    const { fact } = one;
    const { subject, at } = fact;
    logged.latest.set(subject, Math.max(logged.latest.get(subject) ?? at, at));
    logged.last = Math.max(logged.last, at);
    if (known.has(one)) {
      if (!isRedelivered(one, nextOffset)) logged.entries.push(toLog(one, 'duplicate'));
      continue;
    }
    const before = records.get(subject);
    const after = evolve(before, fact);
    records.set(subject, after);
    if (isHeartbeat(one)) continue;
    const flags = saysOtherRoom(after, fact) ? ['other-room'] : [];
    logged.entries.push(toLog(one, didOf(before, after, fact), flags));
  }
  return { records, logged };
}

/** Known sessions whose room is another one than it was: an older event said it. */
export function sessionsThatMoved(
  held: ReadonlyMap<string, HeldSession>,
  records: ReadonlyMap<string, SessionRecord>,
): MovedSession[] {
  return [...held]
    .map(([id, { roomId }]) => ({ id, from: roomId, to: roomOf(records.get(id)) }))
    .filter(({ from, to }) => from !== to);
}

/** The claims of the starts that were not known, on the rooms that their sessions have now. */
export function newClaims(
  taken: readonly SessionToRecord[],
  known: ReadonlySet<SessionToRecord>,
  records: ReadonlyMap<string, SessionRecord>,
): ClaimRow[] {
  return taken.flatMap((one) => {
    const claim = known.has(one) ? null : claimOf(one.fact);
    return claim === null ? [] : [claimRow(claim, roomOf(records.get(claim.session)))];
  });
}

function roomOf(record: SessionRecord | undefined): string | null {
  return record?.fields.room_id?.value ?? null;
}

/** Field by field: to spread an event here costs more than to fold it. */
function toLog({ event, at, brokerTime, origin }: SessionToRecord, did: Did, flags: string[] = []): ToLog {
  return { event, at, brokerTime, origin, did, flags };
}

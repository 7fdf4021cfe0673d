import { type Derived, derive } from './derive';
import type { SessionRecord } from './session-record';
import { type EventToken, compareTokens, later } from './token';

/** What of a session time and other sessions change as well as its own events do. */
export type Standing = Pick<Derived, 'status' | 'health' | 'end_reason'>;

/** How a session stands by its own events alone: as if nobody had taken its room, and no silence had been seen. */
export function byItsEvents(record: SessionRecord): Standing {
  const { checked_at: _, ...said } = record;
  const { status, health, end_reason } = derive(said, undefined);
  return { status, health, end_reason };
}

export function sameStanding(a: Standing, b: Standing): boolean {
  return a.status === b.status && a.health === b.health && a.end_reason === b.end_reason;
}

/** The event that decides how a session stands by its own events is another one than before. */
export function isDecidedAnew(before: SessionRecord, after: SessionRecord): boolean {
  const [then, now] = [deciderOf(before), deciderOf(after)];
  return then === undefined || now === undefined ? then !== now : compareTokens(then, now) !== 0;
}

function deciderOf({ end, last_start: start, last_scheduled: scheduled, fields }: SessionRecord) {
  if (end && (!start || compareTokens(end.token, start) > 0)) return end.token;
  return start ?? laterOf(scheduled, fields.scheduled_start_time?.token);
}

function laterOf(a: EventToken | undefined, b: EventToken | undefined): EventToken | undefined {
  return b === undefined ? a : later(a, b);
}

import { tokenOf } from './evolve';
import type { SessionFact, SessionRecord } from './session-record';
import { type EventToken, compareTokens } from './token';

/** What an event did, for the log. It depends on the order of arrival, as a log may. */
export type Did = 'applied' | 'late' | 'older' | 'duplicate' | 'deleted';

/**
 * What became of an event. `deleted`: its session was deleted before. `older`: nothing, it said less than was known.
 * `late`: it changed the record although something with a greater token was known. `applied`: all else. (`duplicate` is
 * said by the inbox.)
 */
export function didOf(before: SessionRecord | undefined, after: SessionRecord, fact: SessionFact): Did {
  if (before?.deleted === true) return 'deleted';
  if (after === before) return 'older';
  return before !== undefined && hasLater(before, tokenOf(fact)) ? 'late' : 'applied';
}

/** The event said another room than the first one that was said: its room is ignored. */
export function saysOtherRoom(after: SessionRecord, { data }: SessionFact): boolean {
  const said = data && 'room_id' in data ? data.room_id : null;
  return said != null && said !== after.fields.room_id?.value;
}

/** Something of the record was said by a greater token. */
function hasLater({ fields, lease, last_scheduled, last_start, end }: SessionRecord, token: EventToken): boolean {
  const isLater = (known: EventToken | undefined) => known !== undefined && compareTokens(known, token) > 0;
  if (isLater(last_start) || isLater(last_scheduled) || isLater(end?.token) || isLater(lease?.token)) return true;
  return Object.values(fields).some((register) => isLater(register.token));
}

import { type EventToken, type Register, type SessionRecord, compareTokens } from '#libs/session';

/**
 * Whether events that were folded again say all that a stored fold was made of: where the fold has the word of an event that
 * wins over theirs, the log does not have that event any more. Signals and looks are no word of the log.
 */
export function hasAllOf(stored: SessionRecord, again: SessionRecord): boolean {
  const { fields, lease, end, first_scheduled, last_scheduled, first_start, last_start, started_at, deleted } = stored;
  const isEveryFieldThere = Object.entries(fields).every(([name, register]) => {
    const other = again.fields[name as keyof typeof fields] as Register<unknown> | undefined;
    return name === 'room_id' ? notBefore(register.token, other?.token) : notAfter(register.token, other?.token);
  });
  return (
    isEveryFieldThere &&
    notAfter(lease?.token, again.lease?.token) &&
    notAfter(end?.token, again.end?.token) &&
    notBefore(first_scheduled, again.first_scheduled) &&
    notAfter(last_scheduled, again.last_scheduled) &&
    notBefore(first_start, again.first_start) &&
    notAfter(last_start, again.last_start) &&
    (started_at === undefined || (again.started_at !== undefined && again.started_at <= started_at)) &&
    (deleted !== true || again.deleted === true)
  );
}

function notAfter(one: EventToken | undefined, other: EventToken | undefined): boolean {
  return one === undefined || (other !== undefined && compareTokens(one, other) <= 0);
}

function notBefore(one: EventToken | undefined, other: EventToken | undefined): boolean {
  return one === undefined || (other !== undefined && compareTokens(one, other) >= 0);
}

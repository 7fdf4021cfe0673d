import type { EventToken, Register, SessionFact, SessionRecord } from '#libs/session';

/** A fold as it was stored: a record whose tokens are in milliseconds, and whose room is the last that was said. */
export type OldFold = SessionRecord;

/** The record that an old fold is; of a room that was said twice it knows the last alone. */
export function recordOf(id: string, fold: OldFold): SessionRecord {
  return {
    ...fold,
    id,
    fields: Object.fromEntries(
      Object.entries(fold.fields).map(([name, register]) => [name, inMicros(register as Register<unknown>)]),
    ),
    ...(fold.lease && { lease: inMicros(fold.lease) }),
    ...(fold.end && { end: inMicros(fold.end) }),
    ...tokensOf(fold, (token) => ({ ...token, at: token.at * 1000 })),
  };
}

const TOKENS = ['first_scheduled', 'last_scheduled', 'first_start', 'last_start'] as const;

function tokensOf(record: SessionRecord, change: (token: EventToken) => EventToken): Partial<SessionRecord> {
  return Object.fromEntries(
    TOKENS.flatMap((name) => {
      const token = record[name];
      return token ? [[name, change(token)]] : [];
    }),
  );
}

function inMicros<T>({ value, token }: Register<T>): Register<T> {
  return { value, token: { ...token, at: token.at * 1000 } };
}

/**
 * Whether the log has all that the old fold was made of: folded anew it says the same, to the millisecond. Of the room only
 * whether the event that said the last one is there: which of several counts is another one now.
 */
export function isWhole(fold: OldFold, anew: SessionRecord, facts: readonly SessionFact[]): boolean {
  const { room_id: lastRoom } = fold.fields;
  const isRoomKnown = !lastRoom || facts.some((fact) => says(fact, lastRoom));
  return isRoomKnown && textOf(fold, (at) => at) === textOf(anew, (at) => Math.floor(at / 1000));
}

function says(fact: SessionFact, room: Register<string | null>): boolean {
  const { at, seq, source, id } = room.token;
  return (
    Math.floor(fact.at / 1000) === at && (fact.sequence ?? '0') === seq && fact.source === source && fact.id === id
  );
}

/** All of a record but the room, its signals and the last look, with every token's time as `msOf` gives it. */
function textOf(record: SessionRecord, msOf: (at: number) => number): string {
  const token = (one: EventToken | undefined) => one && [msOf(one.at), one.seq, one.source, one.id];
  const register = (one: Register<unknown> | undefined) => one && [one.value, token(one.token)];
  const { room_id: _, ...fields } = record.fields;
  const { end, lease, started_at: startedAt, deleted } = record;
  return JSON.stringify([
    Object.entries(fields)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, register(one as Register<unknown>)]),
    register(lease),
    end && [end.value.at, end.value.reason, token(end.token)],
    TOKENS.map((name) => token(record[name])),
    [startedAt, deleted],
  ]);
}

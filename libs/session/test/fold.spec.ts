import fc from 'fast-check';
import { type SessionFact, type SessionRecord, check, deriveRoom, evolve } from '../src';
import { fact } from './given';

const RUNS = Number(process.env['FOLD_CASES'] ?? 1000);
const T = Date.UTC(2026, 10, 20);

// Few values and few times: collisions are what finds rules that do not commute.
const at = fc.integer({ min: 0, max: 8 }).map((n) => T + n * 20_000);
const attributes = fc.record({
  sequence: fc.option(fc.constantFrom('0', '9', '10', '18446744073709551616')),
  source: fc.constantFrom('/a', '/b'),
  subject: fc.constantFrom('s1', 's2', 's3'),
});
const room = fc.constantFrom('r1', 'r2', null);
const title = fc.constantFrom('One', 'Two', null);
const lease = fc.constantFrom(5, 30, null);

const facts: fc.Arbitrary<SessionFact[]> = fc
  .array(
    fc.tuple(
      at,
      attributes,
      fc.oneof(
        fc.record({
          type: fc.constant('session.scheduled.v1' as const),
          data: fc.record({ room_id: room, title, scheduled_start_time: fc.option(at) }),
        }),
        fc.record({
          type: fc.constant('session.started.v1' as const),
          data: fc.record({ room_id: room, title, started_at: fc.option(at), lease_seconds: lease }),
        }),
        fc.record({
          type: fc.constant('session.updated.v1' as const),
          data: fc.record({ title, description: title, scheduled_start_time: fc.option(at) }, { requiredKeys: [] }),
        }),
        fc.record({
          type: fc.constant('session.ended.v1' as const),
          data: fc.record({ ended_at: fc.option(at), reason: title }),
        }),
        fc.record({ type: fc.constant('session.heartbeat.v1' as const), data: fc.constant({}) }),
        fc.record({ type: fc.constant('session.deleted.v1' as const), data: fc.constant({}) }),
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) =>
    parts.map(([time, rest, { type, data }]) => fact(type, time, data as never, rest as Partial<SessionFact>)),
  );

const shuffled = facts.chain((list) =>
  fc.tuple(
    fc.constant(list),
    fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
    fc.subarray(list),
  ),
);

function fold(list: readonly SessionFact[], watermark?: number): SessionRecord[] {
  const records = new Map<string, SessionRecord>();
  for (const one of list) records.set(one.subject, evolve(records.get(one.subject), one));
  const all = [...records.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return watermark === undefined ? all : all.map((record) => check(record, watermark));
}

const byRoom = (records: SessionRecord[]) => {
  const rooms = new Map<string, SessionRecord[]>();
  for (const record of records) {
    const key = record.fields.room_id?.value ?? record.id;
    rooms.set(key, [...(rooms.get(key) ?? []), record]);
  }
  return rooms;
};
const derived = (records: SessionRecord[]) =>
  [...byRoom(records).values()].flatMap((list) => [...deriveRoom(list).values()]);

describe('the fold', () => {
  const holds = <A>(arbitrary: fc.Arbitrary<A>, property: (value: A) => void) =>
    fc.assert(fc.property(arbitrary, property), { numRuns: RUNS });

  it('gives the same records whatever the order and however often events come', () => {
    holds(shuffled, ([list, other, again]) => expect(fold([...other, ...again])).toEqual(fold(list)));
  });

  it('returns the same object for an event that it has seen', () => {
    holds(facts, (list) => {
      const records = new Map(fold(list).map((record) => [record.id, record]));
      for (const one of list) expect(evolve(records.get(one.subject), one)).toBe(records.get(one.subject));
    });
  });

  it('has at most one live session in a room, at every watermark', () => {
    holds(fc.tuple(facts, at), ([list, watermark]) => {
      for (const records of byRoom(fold(list, watermark)).values()) {
        if (!records[0]?.fields.room_id?.value) continue;
        const live = [...deriveRoom(records).values()].filter(
          (session) => session.status === 'live' && !session.deleted,
        );
        expect(live.length).toBeLessThanOrEqual(1);
      }
    });
  });

  it('ends with a time after the start, exactly when it is over', () => {
    holds(fc.tuple(facts, at), ([list, watermark]) => {
      for (const session of derived(fold(list, watermark))) {
        expect(session.ended_at !== null).toBe(session.status === 'ended');
        if (session.ended_at !== null && session.started_at !== null) {
          expect(session.ended_at).toBeGreaterThanOrEqual(session.started_at);
        }
      }
    });
  });

  it('never brings a deleted session back and never moves a start later', () => {
    holds(facts, (list) => {
      const seen = new Map<string, SessionRecord>();
      for (const one of list) {
        const before = seen.get(one.subject);
        const after = evolve(before, one);
        expect(after.deleted ?? false).toBe((before?.deleted ?? false) || one.type === 'session.deleted.v1');
        if (before?.started_at !== undefined) expect(after.started_at).toBeLessThanOrEqual(before.started_at);
        seen.set(one.subject, after);
      }
    });
  });

  it('is not looked at before the time it names, and then the answer changes', () => {
    holds(facts, (list) => {
      const records = fold(list);
      for (const [, members] of byRoom(records)) {
        for (const [id, before] of deriveRoom(members)) {
          if (before.next_check_at === null) continue;
          const look = (watermark: number) => deriveRoom(members.map((record) => check(record, watermark))).get(id);
          const content = (session = before) => ({ ...session, next_check_at: null });
          expect(content(look(before.next_check_at))).toEqual(content(before));
          expect(content(look(before.next_check_at + 1))).not.toEqual(content(before));
        }
      }
    });
  });
});

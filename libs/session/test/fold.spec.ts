import fc from 'fast-check';
import { type SessionFact, type SessionRecord, check, deriveRoom, evolve } from '../src';
import { at, facts } from './any-facts';

const RUNS = Number(process.env['FOLD_CASES'] ?? 1000);

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

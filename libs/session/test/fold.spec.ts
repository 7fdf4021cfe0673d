import fc from 'fast-check';
import { type Derived, type SessionFact, type SessionRecord, check, derive, evolve } from '../src';
import { at, facts, slices } from './any-facts';
import { recordOf } from './fold-under-test';

const RUNS = Number(process.env['FOLD_CASES'] ?? 1000);

const shuffled = facts.chain((list) =>
  fc.tuple(
    fc.constant(list),
    fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
    fc.subarray(list),
  ),
);

function fold(list: readonly SessionFact[]): SessionRecord[] {
  return [...recordOf([list]).records.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function looked(cut: readonly (readonly SessionFact[])[], watermark: number): Derived[] {
  const record = recordOf(cut);
  record.look(watermark);
  return [...record.sessions.values()];
}

describe('the fold', () => {
  const holds = <A>(arbitrary: fc.Arbitrary<A>, property: (value: A) => void) =>
    fc.assert(fc.property(arbitrary, property), { numRuns: RUNS });

  it('C4: gives the same records whatever the order and however often events come', () => {
    holds(shuffled, ([list, other, again]) => expect(fold([...other, ...again])).toEqual(fold(list)));
  });

  it('returns the same object for an event that it has seen', () => {
    holds(facts, (list) => {
      const { records } = recordOf([list]);
      for (const one of list) expect(evolve(records.get(one.subject), one)).toBe(records.get(one.subject));
    });
  });

  it('has at most one live session in a room, at every watermark', () => {
    holds(fc.tuple(slices, at), ([cut, watermark]) => {
      const live = looked(cut, watermark).filter(
        ({ status, deleted, room_id: room }) => status === 'live' && !deleted && room !== null,
      );
      expect(new Set(live.map(({ room_id: room }) => room)).size).toBe(live.length);
    });
  });

  it('ends with a time after the start, exactly when it is over', () => {
    holds(fc.tuple(slices, at), ([cut, watermark]) => {
      for (const session of looked(cut, watermark)) {
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
    holds(slices, (cut) => {
      const record = recordOf(cut);
      for (const [id, before] of record.sessions) {
        const folded = record.records.get(id);
        if (before.next_check_at === null || !folded) continue;
        const takeover = record.takeoverOf(id)?.token;
        const content = (session: Derived) => ({ ...session, next_check_at: null });
        const look = (watermark: number) => content(derive(check(folded, watermark), takeover));
        expect(look(before.next_check_at)).toEqual(content(before));
        expect(look(before.next_check_at + 1)).not.toEqual(content(before));
      }
    });
  });
});

import fc from 'fast-check';
import { type Did, type SessionFact, didOf, evolve, saysOtherRoom } from '../src';
import { facts } from './any-facts';
import { given } from './given';

const T = Date.UTC(2026, 10, 20, 18);

function did(told: SessionFact[], fact: SessionFact): Did {
  const before = told.reduce<ReturnType<typeof evolve> | undefined>(evolve, undefined);
  return didOf(before, evolve(before, fact), fact);
}

describe('what an event did', () => {
  const planned = given.scheduled(T);
  const started = given.started(T + 100, { title: 'On air' });

  it.each<[string, SessionFact[], SessionFact, Did]>([
    ['the first one', [], started, 'applied'],
    ['a newer one', [planned], started, 'applied'],
    ['an older one that says what nobody has said', [started], given.scheduled(T, { description: 'Soon' }), 'late'],
    ['an older one that is the first of its type', [started], given.ended(T), 'late'],
    [
      'an older one that says less',
      [given.scheduled(T - 1, {}), started, given.updated(T + 5, { title: 'One' })],
      given.updated(T + 4, { title: 'Two' }),
      'older',
    ],
    [
      'a start between others, whose claim counts all the same',
      [given.started(T), started],
      given.started(T + 50),
      'older',
    ],
    ['the same again', [started], started, 'older'],
    [
      'another value with the same token, the greater',
      [started],
      { ...started, data: { title: 'P' } } as SessionFact,
      'applied',
    ],
    ['a deletion', [started], given.deleted(T + 200), 'applied'],
    ['a deletion older than the start', [started], given.deleted(T), 'late'],
    ['anything after it', [given.deleted(T)], started, 'deleted'],
    ['another deletion', [given.deleted(T)], given.deleted(T + 1), 'deleted'],
    ['a newer one of one microsecond', [given.ended(T)], given.ended(T, {}, { at: T * 1000 + 1 }), 'applied'],
  ])('%s', (_name, told, fact, expected) => {
    expect(did(told, fact)).toBe(expected);
  });

  it('is applied for all that come in their order, and never a duplicate', () => {
    fc.assert(
      fc.property(facts, (list) => {
        const told: SessionFact[] = [];
        for (const fact of list.filter(({ type }) => type !== 'session.deleted.v1').toSorted((a, b) => a.at - b.at)) {
          if (told.every(({ at }) => at < fact.at)) expect(['applied', 'older']).toContain(did(told, fact));
          expect(did(told, fact)).not.toBe('duplicate');
          told.push(fact);
        }
      }),
    );
  });
});

describe('another room', () => {
  const isFlagged = (...told: SessionFact[]) => {
    const after = told.reduce<ReturnType<typeof evolve> | undefined>(evolve, undefined);
    const fact = told.at(-1);
    return after !== undefined && fact !== undefined && saysOtherRoom(after, fact);
  };

  it.each<[string, SessionFact[], boolean]>([
    ['the first that is said', [given.started(T)], false],
    ['the same again', [given.started(T), given.started(T + 1)], false],
    ['a later one', [given.started(T), given.scheduled(T + 1, { room_id: 'r2' })], true],
    ['an older one, which is the first then', [given.started(T), given.scheduled(T - 1, { room_id: 'r2' })], false],
    ['none', [given.started(T), given.started(T + 1, { room_id: null })], false],
    ['an event without data', [given.started(T), given.heartbeat(T + 1)], false],
  ])('%s', (_name, told, expected) => {
    expect(isFlagged(...told)).toBe(expected);
  });
});

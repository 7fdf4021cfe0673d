import type { Card } from '../sdk';
import { changesBetween, startsAfter } from './changes';

const card = (id: string, viewer_count: number | null): Card =>
  ({ id, title: `Title ${id}`, host_username: null, viewer_count }) as Card;
const held = (...cards: Card[]) => new Map(cards.map((one) => [one.id, one]));

describe('what is worth telling', () => {
  it('is who ended, and who passed a round number on the way up', () => {
    const before = held(card('a', 990), card('b', 40), card('c', 1200));
    const after = { sessions: [card('a', 1010), card('c', 900)], removed: [['b', 'ended']] as const };
    expect(changesBetween(before, after).map(({ id, what, count }) => [id, what, count])).toEqual([
      ['b', 'ended', undefined],
      ['a', 'passed', 1000],
    ]);
  });

  it('is not who only fell out of the window', () => {
    expect(changesBetween(held(card('b', 4)), { sessions: [], removed: [['b', 'window']] })).toEqual([]);
  });

  it('is who started after the newest that was known', () => {
    const at = (id: string, started_at: string) => ({ ...card(id, 0), started_at });
    const sessions = [at('new', '2026-03-01T20:00:01.000Z'), at('old', '2026-03-01T19:00:00.000Z')];
    expect(startsAfter('2026-03-01T20:00:00.000Z', sessions).map(({ id }) => id)).toEqual(['new']);
    expect(startsAfter(null, sessions)).toEqual([]);
  });
});

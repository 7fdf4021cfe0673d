import type { LiveUpdate } from './live-update';
import { idsOf, isSame, partOf, unionOf } from './watched';

const card = (id: string) => ({ id }) as LiveUpdate['sessions'][number];
const [a, b] = [card('a'), card('b')];
const all: LiveUpdate = {
  state: 'live',
  sessions: [a, b],
  total: 2,
  removed: [
    ['c', 'ended'],
    ['d', 'gone'],
  ],
  absent: [],
};
const answered = (...ids: string[]) => {
  const known = new Set(ids);
  return (id: string) => known.has(id);
};

describe('what several watches share', () => {
  it('is every id once, whoever came first', () => {
    expect(unionOf([{ ids: ['b', 'a'] }, { ids: ['c', 'a'] }])).toEqual(['a', 'b', 'c']);
    expect(unionOf([{ ids: ['c', 'a'] }, { ids: ['b', 'a'] }])).toEqual(['a', 'b', 'c']);
    expect(idsOf(['A', 'a', 'B'])).toEqual(['a', 'b']);
  });

  it('shows each its own part, in its own order', () => {
    expect(partOf(['c', 'b'], all, answered('a', 'b', 'c'))).toEqual({
      state: 'live',
      sessions: [b],
      total: 1,
      removed: [['c', 'ended']],
      absent: ['c'],
    });
  });

  it('calls nothing absent before the gateway has answered for it', () => {
    expect(partOf(['b', 'e'], all, answered('a', 'b', 'c'))).toMatchObject({ state: 'loading', absent: [] });
  });

  it('is told again only where something of it has changed', () => {
    const part = (ids: string[], of: LiveUpdate = all) => partOf(ids, of, answered('a', 'b', 'c', 'e'));
    expect(isSame(part(['a']), part(['a'], { ...all, sessions: [a, card('b')], at: [1, 2] }))).toBe(true);
    expect(isSame(part(['b']), part(['b'], { ...all, sessions: [a, card('b')] }))).toBe(false);
    expect(isSame(part(['c']), part(['c']))).toBe(false);
    expect(isSame(part(['a']), part(['a'], { ...all, state: 'stale', why: 'gateway', freshAt: 1 }))).toBe(false);
  });
});

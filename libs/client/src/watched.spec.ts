import type { LiveUpdate } from './subscription';
import { WatchLimitError, idsOf, partOf, unionOf } from './watched';

const card = (id: string) => ({ id }) as LiveUpdate['sessions'][number];
const all: LiveUpdate = {
  state: 'live',
  sessions: [card('a'), card('b')],
  total: 2,
  removed: [
    ['c', 'ended'],
    ['d', 'gone'],
  ],
  absent: ['c'],
};

describe('what several watches share', () => {
  it('is every id once, whoever came first', () => {
    expect(unionOf([{ ids: ['b', 'a'] }, { ids: ['c', 'a'] }])).toEqual(['a', 'b', 'c']);
    expect(unionOf([{ ids: ['c', 'a'] }, { ids: ['b', 'a'] }])).toEqual(['a', 'b', 'c']);
    expect(idsOf(['A', 'a', 'B'])).toEqual(['a', 'b']);
  });

  it('shows each its own part, in its own order', () => {
    expect(partOf(['c', 'b'], all, new Set(['a', 'b', 'c']))).toEqual({
      state: 'live',
      sessions: [card('b')],
      total: 1,
      removed: [['c', 'ended']],
      absent: ['c'],
    });
  });

  it('calls nothing absent before the gateway has answered for it', () => {
    expect(partOf(['b', 'e'], all, new Set(['a', 'b', 'c']))).toMatchObject({ state: 'loading', absent: [] });
  });

  it('says what was too much', () => {
    expect(new WatchLimitError(201)).toMatchObject({ code: 'too_many_ids', wanted: 201 });
    expect(new WatchLimitError(201).message).toContain('200 ids, not 201');
  });
});

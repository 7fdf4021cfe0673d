import { askedAct, discardBody, replayBody, replayRangeBody, resumeBody } from '../src';

describe('why an operator does something', () => {
  const bodies: [string, (why: string) => boolean][] = [
    ['an act', (why) => askedAct.safeParse({ what: 'discard', ids: ['1'], why }).success],
    ['a discard', (why) => discardBody.safeParse({ why }).success],
    ['a replay', (why) => replayBody.safeParse({ why }).success],
    ['a replay of a range', (why) => replayRangeBody.safeParse({ why }).success],
    ['a topic that is resumed', (why) => resumeBody.safeParse({ why }).success],
  ];

  it.each(bodies)('has 3 to 500 characters for %s: as many as are kept', (_name, takes) => {
    const lengths = [2, 3, 500, 501];
    expect(lengths.filter((length) => takes('x'.repeat(length)))).toEqual([3, 500]);
    expect(['   ', '\n\n\n\n', ' ab ', 'a b c', '\n a bug '].filter(takes)).toEqual(['a b c', '\n a bug ']);
  });
});

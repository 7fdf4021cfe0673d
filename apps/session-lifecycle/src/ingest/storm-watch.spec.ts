import { type Sent, StormWatch } from './storm-watch';

const given = () => new StormWatch({ messages: 20, share: 0.05, withinMs: 10_000 });
const of = (sent: Record<string, [bad: number, messages: number]>) =>
  new Map(Object.entries(sent).map(([source, [bad, messages]]): [string, Sent] => [source, { bad, messages }]));

describe('a storm of unreadable messages', () => {
  it('is more than the number and more than the share of what its source sends', () => {
    expect(given().storming(of({ a: [20, 20] }), 0)).toEqual([]);
    expect(given().storming(of({ a: [21, 21] }), 0)).toEqual(['a']);
    expect(given().storming(of({ a: [25, 500] }), 0)).toEqual([]);
    expect(given().storming(of({ a: [26, 500] }), 0)).toEqual(['a']);
  });

  it('is of one source: another dilutes it as little as it joins it', () => {
    expect(given().storming(of({ a: [21, 21], b: [0, 10_000], '': [20, 20] }), 0)).toEqual(['a']);
    expect(given().storming(of({ a: [11, 11], b: [11, 11] }), 0)).toEqual([]);
    expect(given().storming(of({ '': [21, 21] }), 0)).toEqual(['']);
  });

  it('adds up what was taken a short time ago, and forgets the rest', () => {
    const watch = given();
    watch.note(of({ a: [15, 15] }), 0);
    expect(watch.storming(of({ a: [6, 6] }), 9_999)).toEqual(['a']);
    expect(watch.storming(of({ a: [6, 6] }), 10_000)).toEqual([]);
  });

  it('is diluted by good messages of the same source', () => {
    const watch = given();
    for (let at = 0; at < 10; at++) watch.note(of({ a: [0, 500] }), at);
    expect(watch.storming(of({ a: [200, 500] }), 10)).toEqual([]);
    expect(watch.storming(of({ a: [300, 500] }), 10)).toEqual(['a']);
  });

  it('of made-up sources without end is one of those that name none, and needs no memory for each', () => {
    const watch = given();
    const madeUp = (from: number) =>
      of(Object.fromEntries(Array.from({ length: 25_000 }, (_, n) => [`made up ${from + n}`, [1, 1]])));
    for (let at = 0; at < 8; at++) watch.note(madeUp(at * 25_000), at);
    expect(watch.storming(madeUp(1_000_000), 40)).toEqual(['']);
    expect((watch as unknown as { sums: Map<string, Sent> }).sums.size).toBeLessThanOrEqual(1001);
    expect(watch.storming(of({ real: [21, 21] }), 10_041)).toEqual(['real']);
  });
});

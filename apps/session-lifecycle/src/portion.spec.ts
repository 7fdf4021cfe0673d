import { Portion } from './portion';

describe('a portion', () => {
  it('is the whole until that is too much, then half of what was tried, down to one', () => {
    const portion = new Portion(5000);
    expect(portion.size(0)).toBe(5000);
    portion.halve(3000, 0);
    expect([portion.size(0), portion.isWhole(0)]).toEqual([1500, false]);
    portion.halve(2, 0);
    portion.halve(1, 0);
    expect(portion.size(0)).toBe(1);
  });

  it('grows again minute by minute, not at once', () => {
    const portion = new Portion(10);
    portion.halve(4, 0);
    expect([59_999, 60_000, 120_000, 180_000].map((now) => portion.size(now))).toEqual([2, 4, 8, 10]);
    expect(portion.isWhole(180_000)).toBe(true);
    portion.halve(10, 200_000);
    expect(portion.size(200_000)).toBe(5);
  });
});

import fc from 'fast-check';
import { DAY_MS, type Range, missingRanges } from './missing-ranges';

const TODAY = Date.UTC(2026, 10, 28);
const NOON = TODAY + DAY_MS / 2;
const day = (n: number): Range => ({ from: TODAY + n * DAY_MS, to: TODAY + (n + 1) * DAY_MS });
const days = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => day(from + n));
const older = (n: number): Range => ({ from: -Infinity, to: TODAY + n * DAY_MS });

describe('the ranges without a partition', () => {
  it('are all at first: what is older in one, then day by day until a week ahead', () => {
    expect(missingRanges([], NOON)).toEqual([older(-8), ...days(-8, 7)]);
  });

  it('are none when they are there, and the next day when one has passed', () => {
    const all = missingRanges([], NOON);
    expect(missingRanges(all, NOON)).toEqual([]);
    expect(missingRanges([...all].reverse(), NOON + DAY_MS)).toEqual([day(8)]);
  });

  it('are what lies between, in one piece, after a long time in which nobody made any', () => {
    const since = [older(-48), ...days(-48, -33)];
    expect(missingRanges(since, NOON)).toEqual([{ from: day(-33).to, to: day(-8).from }, ...days(-8, 7)]);
  });

  it('leave alone what there is: days ahead, days that are missing before others, a range of several days', () => {
    expect(missingRanges([older(-8), ...days(-8, 2), day(5)], NOON)).toEqual([day(3), day(4), day(6), day(7)]);
    const wide = { from: day(-3).from, to: day(4).to };
    expect(missingRanges([older(-8), ...days(-8, -4), wide], NOON)).toEqual(days(5, 7));
    // Half a day is taken: the rest of it is what is missing.
    const half = { from: day(7).from, to: day(7).from + DAY_MS / 2 };
    expect(missingRanges([older(-8), ...days(-8, 6), half], NOON)).toEqual([{ from: half.to, to: day(7).to }]);
  });

  it('are none while a clock is behind', () => {
    const all = missingRanges([], NOON);
    expect(missingRanges(all, NOON - 100 * DAY_MS)).toEqual([]);
  });

  it('and those that there are cover everything up to a week ahead once, whatever the clocks said before', () => {
    const clocks = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(clocks, (shifts) => {
        const all: Range[] = [];
        for (const shift of shifts) all.push(...missingRanges(all, NOON + shift * DAY_MS));
        const sorted = all.sort((a, b) => a.from - b.from);
        expect(sorted[0]?.from).toBe(-Infinity);
        for (const [at, { to }] of sorted.slice(0, -1).entries()) expect(sorted[at + 1]?.from).toBe(to);
        expect(sorted.at(-1)?.to).toBe(day(Math.max(...shifts) + 7).to);
      }),
    );
  });
});

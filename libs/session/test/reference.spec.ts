import fc from 'fast-check';
import { at, slices } from './any-facts';
import { FOLD, differences } from './fold-under-test';
import type { FoldUnderTest } from './record-in-memory';
import { BUGS, SOUND } from './seeded-bugs';

const RUNS = Number(process.env['FOLD_CASES'] ?? 1000);

/** Any events, in any order, some of them twice, in any slices, looked at once. */
function outcome(fold: FoldUnderTest, numRuns: number, seed?: number) {
  return fc.check(
    fc.property(slices, at, (cut, watermark) => {
      expect(differences(fold, cut, watermark)).toEqual([]);
    }),
    { numRuns, ...(seed !== undefined && { seed, endOnFailure: true }) },
  );
}

describe('the fold and a reference that was written apart from it', () => {
  it('say the same of any events, in any order and slices, however often', () => {
    const details = outcome(FOLD, RUNS);
    expect({ failed: details.failed, against: details.counterexample, error: details.errorInstance }).toMatchObject({
      failed: false,
    });
  });

  it.each(Object.entries(SOUND))('say the same through the way in which bugs are put in: %s', (_name, fold) => {
    expect(outcome(fold, 500, 3).failed).toBe(false);
  });

  it.each(Object.entries(BUGS))('differ where there is a bug: %s', (_name, fold) => {
    expect(outcome(fold, 20_000, 3).failed).toBe(true);
  });
});

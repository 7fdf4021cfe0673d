import fc from 'fast-check';
import { type CountFact, type CountsRecord, evolveCounts, mergeCounts } from '../src';

const RUNS = Number(process.env['FOLD_CASES'] ?? 1000);

type EvolveCounts = (record: CountsRecord | undefined, fact: CountFact) => CountsRecord;

const counts = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 5 }),
    sequence: fc.constantFrom(null, '9', '10'),
    source: fc.constantFrom('/a', '/b'),
    id: fc.constantFrom('1', '2', '3'),
    viewer_count: fc.integer({ min: 0, max: 20 }),
  }),
  { minLength: 1, maxLength: 10 },
);

/** From the whole set at once: the greatest by token, the maximum, and the least time of the maximum. */
function expectedCounts(facts: readonly CountFact[]) {
  const token = (fact: CountFact) =>
    [fact.at, BigInt(fact.sequence ?? 0), fact.source, fact.id, fact.viewer_count] as const;
  const isLater = (a: CountFact, b: CountFact) => {
    const [one, other] = [token(a), token(b)];
    const first = one.findIndex((part, index) => part !== other[index]);
    return first >= 0 && (one[first] ?? 0) > (other[first] ?? 0);
  };
  const peak = Math.max(...facts.map(({ viewer_count: count }) => count));
  const last = facts.reduce((best, one) => (isLater(one, best) ? one : best));
  const peakTimes = facts.filter(({ viewer_count: count }) => count === peak).map(({ at: time }) => time);
  return { value: last.viewer_count, at: last.at, peak, peak_at: Math.min(...peakTimes) };
}

function countsFail(fold: EvolveCounts, numRuns: number): boolean {
  return fc.check(
    fc.property(counts, (list) => {
      const { last, peak, peak_at } = list.reduce<CountsRecord | undefined>(fold, undefined) as CountsRecord;
      expect({ value: last.value, at: last.token.at, peak, peak_at }).toEqual(expectedCounts(list));
    }),
    { numRuns, seed: 3, endOnFailure: true },
  ).failed;
}

describe('counts', () => {
  it('are what the whole set of them says', () => {
    expect(countsFail(evolveCounts, RUNS)).toBe(false);
  });

  it('are the same folded in parts that are merged, in either order', () => {
    const fold = (list: readonly CountFact[]) =>
      list.reduce<CountsRecord | undefined>(evolveCounts, undefined) as CountsRecord;
    fc.assert(
      fc.property(counts, counts, (some, others) => {
        const all = fold([...some, ...others]);
        const [one, other] = [fold(some), fold(others)];
        expect(mergeCounts(one, other)).toEqual(all);
        expect(mergeCounts(mergeCounts(undefined, other), one)).toEqual(all);
        expect(mergeCounts(one, one)).toBe(one);
      }),
      { numRuns: RUNS },
    );
  });

  it('differ where equal peaks keep the latest time', () => {
    const latest: EvolveCounts = (record, fact) => {
      const after = evolveCounts(record, fact);
      return record && fact.viewer_count === after.peak
        ? { ...after, peak_at: Math.max(record.peak_at, fact.at) }
        : after;
    };
    expect(countsFail(latest, 5000)).toBe(true);
  });
});

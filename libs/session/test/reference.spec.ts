import fc from 'fast-check';
import {
  type CountFact,
  type CountsRecord,
  type SessionFact,
  type SessionRecord,
  check,
  compareTokens,
  deriveRoom,
  evolve,
  evolveCounts,
  mergeCounts,
  signalTimeOf,
} from '../src';
import { at, facts } from './any-facts';
import { type FoldUnderTest, differences } from './fold-under-test';

const RUNS = Number(process.env['FOLD_CASES'] ?? 1000);
const RIGHT: FoldUnderTest = { evolve, deriveRoom, check };

/** Any events, in any order, some of them twice, looked at once. */
const cases = fc.tuple(facts, fc.infiniteStream(fc.nat()), at).map(([list, picks, watermark]) => {
  const again = list.filter(() => picks.next().value % 3 === 0);
  return { list: [...list, ...again].sort(() => (picks.next().value % 2 === 0 ? 1 : -1)), watermark };
});

function outcome(fold: FoldUnderTest, numRuns: number, seed?: number) {
  return fc.check(
    fc.property(cases, ({ list, watermark }) => {
      expect(differences(fold, list, watermark)).toEqual([]);
    }),
    { numRuns, ...(seed !== undefined && { seed, endOnFailure: true }) },
  );
}

/** The whole fold with another order of tokens. */
function withTokens(compareTokens: (a: Token, b: Token) => number): FoldUnderTest {
  return withModule('../src/token', { compareTokens });
}

/** The whole fold with another rule for the time of a signal. */
function withSignals(signalTimeOf: (time: number, brokerTime: number) => number): FoldUnderTest {
  return withModule('../src/timing', { signalTimeOf });
}

function withModule(path: string, instead: object): FoldUnderTest {
  let fold = RIGHT;
  jest.isolateModules(() => {
    jest.doMock(path, () => ({ ...jest.requireActual<object>(path), ...instead }));
    fold = require('../src') as FoldUnderTest;
    jest.dontMock(path);
  });
  return fold;
}

interface Token {
  at: number;
  seq: string;
  source: string;
  id: string;
}

const by = <T>(a: T, b: T) => (a === b ? 0 : a < b ? -1 : 1);
const tokenOf = ({ at: time, sequence, source, id }: SessionFact): Token => ({
  at: time,
  seq: sequence ?? '0',
  source,
  id,
});

/** The fold, with the record changed after some events. */
function withEvolve(change: (record: SessionRecord, fact: SessionFact) => SessionRecord): FoldUnderTest {
  return { ...RIGHT, evolve: (record, fact) => change(evolve(record, fact), fact) };
}

const signal = (record: SessionRecord, time: number): SessionRecord => ({
  ...record,
  last_signal_at: Math.max(record.last_signal_at ?? -Infinity, time),
});

const BUGS: Record<string, FoldUnderTest> = {
  'sequence before time': withTokens(
    (a, b) => by(BigInt(a.seq), BigInt(b.seq)) || by(a.at, b.at) || by(a.source, b.source) || by(a.id, b.id),
  ),
  'no source in the token': withTokens((a, b) => by(a.at, b.at) || by(BigInt(a.seq), BigInt(b.seq)) || by(a.id, b.id)),
  'any event a signal': withEvolve((record, { at: time }) => signal(record, time)),
  'a signal at its producer’s time, whatever its clock': withSignals((time) => time),
  'a signal at the broker’s time, however late it is delivered': withSignals((_time, brokerTime) => brokerTime),
  'a deleted session loses its claim': {
    ...RIGHT,
    deriveRoom: (room) => {
      const claiming = room.filter(({ deleted }) => deleted !== true);
      return new Map(
        room.flatMap((record) =>
          [...deriveRoom(record.deleted === true ? room : claiming)].filter(([id]) => id === record.id),
        ),
      );
    },
  },
  'a lost one revived by an edit': withEvolve((record, fact) =>
    fact.type === 'session.updated.v1' ? signal(record, fact.at) : record,
  ),
  'the end by arrival': withEvolve((record, fact) =>
    fact.type === 'session.ended.v1' && record.end
      ? {
          ...record,
          end: {
            token: tokenOf(fact),
            value: { at: Math.min(fact.data?.ended_at ?? fact.at, fact.at), reason: fact.data?.reason ?? null },
          },
        }
      : record,
  ),
  'a heartbeat revives an explicit end': withEvolve((record, fact) =>
    fact.type === 'session.heartbeat.v1' && record.end ? { ...record, last_start: tokenOf(fact) } : record,
  ),
  'the last taker instead of the first': {
    ...RIGHT,
    deriveRoom: (room) =>
      new Map(
        room.flatMap((record) => {
          const others = room.filter(({ id, last_start: start }) => id !== record.id && start !== undefined);
          const last = others.sort((a, b) => by(a.last_start?.at ?? 0, b.last_start?.at ?? 0)).at(-1);
          return [...deriveRoom(last ? [record, last] : [record])].filter(([id]) => id === record.id);
        }),
      ),
  },
};

describe('the fold and a reference that was written apart from it', () => {
  it('say the same of any events, in any order, however often', () => {
    const details = outcome(RIGHT, RUNS);
    expect({ failed: details.failed, against: details.counterexample, error: details.errorInstance }).toMatchObject({
      failed: false,
    });
  });

  it('say the same through the way in which bugs are put in', () => {
    expect(outcome(withTokens(compareTokens), 500, 3).failed).toBe(false);
    expect(outcome(withSignals(signalTimeOf), 500, 3).failed).toBe(false);
    expect(
      outcome(
        withEvolve((record) => record),
        500,
        3,
      ).failed,
    ).toBe(false);
  });

  it.each(Object.entries(BUGS))('differ where there is a bug: %s', (_name, fold) => {
    expect(outcome(fold, 20_000, 3).failed).toBe(true);
  });
});

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

import fc from 'fast-check';
import type * as Src from '../src';
import type * as GoOn from '../src/retention/go-on-from-tombstones';
import { type TestDatabase, testDatabase } from './database';
import { POLICY, RetentionModel, steps } from './retention-model';

const RUNS = Number(process.env['RECORD_CASES'] ?? 60);

type Parts = Pick<typeof Src, 'SessionStore' | 'leavingByRows'>;
/** By module: what it exports instead of what is right. */
type Bug = Record<string, (right: never) => object>;

const BUGS: Record<string, Bug> = {
  'all claims of a session leave with it': {
    '../src/retention/claims-that-leave': () => ({
      takeClaimsAway: async (
        runner: { query: (text: string, values: unknown[]) => Promise<unknown> },
        ids: string[],
      ) => {
        await runner.query('DELETE FROM room_claims WHERE session_id = ANY($1)', [ids]);
        return 0;
      },
    }),
  },
  'no claim leaves': { '../src/retention/claims-that-leave': () => ({ takeClaimsAway: async () => 0 }) },
  'what was said before a session left is taken again': {
    '../src/retention/go-on-from-tombstones': ({ goOnFromTombstones }: typeof GoOn) => ({
      goOnFromTombstones: async (...[runner, held, events]: Parameters<typeof goOnFromTombstones>) => {
        await goOnFromTombstones(runner, held, events);
        return [...events];
      },
    }),
  },
  'a session that goes on begins anew': {
    '../src/retention/go-on-from-tombstones': () => ({
      goOnFromTombstones: async (_runner: never, _held: never, events: object[]) => events,
    }),
  },
  'totals stay as they were': { '../src/totals/keep-totals': keepTotalsOfIngestAlone },
};

describe('a record from which the old leaves', () => {
  let lean: TestDatabase;
  let whole: TestDatabase;
  beforeAll(async () => {
    [lean, whole] = [await testDatabase(), await testDatabase()];
  });
  afterAll(async () => {
    await lean.drop();
    await whole.drop();
  });

  const outcome = (parts: Parts, numRuns: number, seed?: number) =>
    fc.check(
      fc.asyncProperty(steps, async (given) => {
        const { SessionStore, leavingByRows } = parts;
        const worlds = [lean, whole].map(({ source }) => ({ source, store: new SessionStore(source) }));
        const [leaner, all] = worlds as [(typeof worlds)[0], (typeof worlds)[0]];
        expect(await new RetentionModel(leaner, all, leavingByRows(POLICY)).run(given)).toEqual([]);
      }),
      { numRuns, ...(seed !== undefined && { seed, endOnFailure: true }) },
    );

  it('shows what one shows that keeps everything, of all that it keeps', async () => {
    const details = await outcome(partsWith({}), RUNS);
    expect({ error: details.errorInstance, against: details.counterexample }).toEqual({ error: null, against: null });
  }, 600_000);

  it.each(Object.entries(BUGS))(
    'differs where there is a bug: %s',
    async (_name, bug) => {
      const details = await outcome(partsWith(bug), 300, 5);
      // The model found it: it is no event that cannot be read.
      expect(String(details.errorInstance)).toContain('toEqual');
    },
    600_000,
  );
});

/** Retention tells them nothing: only it moves sessions to no status. */
function keepTotalsOfIngestAlone({ keepTotals }: { keepTotals: (runner: never, moves: { to: unknown }[]) => unknown }) {
  return {
    keepTotals: (runner: never, moves: { to: unknown }[]) =>
      moves.every(({ to }) => to === null) ? undefined : keepTotals(runner, moves),
  };
}

/** The store and what leaves it, with modules that do something else. */
function partsWith(bug: Bug): Parts {
  let parts: Parts | undefined;
  jest.isolateModules(() => {
    for (const [path, instead] of Object.entries(bug)) {
      const right = jest.requireActual<never>(path);
      jest.doMock(path, () => ({ ...(right as object), ...instead(right) }));
    }
    parts = require('../src') as Parts;
    for (const path of Object.keys(bug)) jest.dontMock(path);
  });
  if (!parts) throw new Error('the store could not be loaded');
  return parts;
}

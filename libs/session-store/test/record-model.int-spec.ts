import fc from 'fast-check';
import { SessionStore } from '../src';
import { BUGS, type Bug } from './record-bugs';
import { type TestDatabase, testDatabase } from './database';
import { cases } from './record-cases';
import { RecordModel } from './record-model';

const RUNS = Number(process.env['RECORD_CASES'] ?? 60);

describe('the record, whatever is said in whatever order and slices', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  const outcome = (make: typeof SessionStore, numRuns: number, seed?: number) =>
    fc.check(
      fc.asyncProperty(cases, async (steps) => {
        const stores = [new make(database.source), new make(database.source)];
        expect(await new RecordModel(database.source, stores).run(steps)).toEqual([]);
      }),
      { numRuns, ...(seed !== undefined && { seed, endOnFailure: true }) },
    );

  it('says what a reference says, with the folds, claims and looks that go with it', async () => {
    const details = await outcome(SessionStore, RUNS);
    expect({ error: details.errorInstance, against: details.counterexample }).toEqual({ error: null, against: null });
  }, 300_000);

  it('says so when several processes are at it at once', async () => {
    const details = await fc.check(
      fc.asyncProperty(cases, async (steps) => {
        const stores = [1, 2].map(() => new SessionStore(database.source));
        expect(await new RecordModel(database.source, stores).runAtOnce(steps)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    expect({ error: details.errorInstance, against: details.counterexample }).toEqual({ error: null, against: null });
  }, 300_000);

  it.each(Object.entries(BUGS))('differs where there is a bug: %s', async (_name, bug) => {
    const details = await outcome(storeWith(bug), 300, 3);
    expect(details.failed).toBe(true);
  });
});

/** The store with modules that do something else. */
function storeWith(bug: Bug): typeof SessionStore {
  let store = SessionStore;
  jest.isolateModules(() => {
    for (const [path, instead] of Object.entries(bug)) {
      const right = jest.requireActual<never>(path);
      jest.doMock(path, () => ({ ...(right as object), ...instead(right) }));
    }
    ({ SessionStore: store } = require('../src') as { SessionStore: typeof SessionStore });
    for (const path of Object.keys(bug)) jest.dontMock(path);
  });
  return store;
}

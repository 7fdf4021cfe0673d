import { ValidSources } from '../src';
import { type TestDatabase, testDatabase } from './database';

describe('whose events were valid within the last hour', () => {
  let database: TestDatabase;
  let sources: ValidSources;
  beforeAll(async () => {
    database = await testDatabase();
    sources = new ValidSources(database.source);
  });
  afterAll(() => database.drop());

  const madeUp = (from: number, count: number) => Array.from({ length: count }, (_, at) => `/made/up/${from + at}`);

  it('is known by topic, and forgotten after an hour', async () => {
    await sources.note('sessions', ['/a', '/b']);
    await sources.note('viewers', ['/c']);
    expect(await sources.share('sessions', ['/a', '/c'])).toEqual({ valid: 2, named: 1 });
    await database.source.query(`UPDATE ingest_sources SET last_valid_at = now() - interval '61 minutes'`);
    expect(await sources.share('sessions', ['/a'])).toEqual({ valid: 0, named: 0 });
    await sources.note('sessions', ['/b']);
    expect(await sources.share('sessions', ['/a', '/b'])).toEqual({ valid: 1, named: 1 });
  });

  it('is at most ten thousand: more names are made up, and are not remembered; who is known stays so', async () => {
    await sources.note('crowded', ['/known']);
    for (let from = 0; from < 25_000; from += 5000) await sources.note('crowded', madeUp(from, 5000));
    expect(await sources.share('crowded', ['/known'])).toEqual({ valid: 10_000, named: 1 });
    await database.source.query(`UPDATE ingest_sources SET last_valid_at = now() - interval '59 minutes'`);
    await sources.note('crowded', ['/known', '/late']);
    expect(await sources.share('crowded', ['/known', '/late'])).toEqual({ valid: 10_000, named: 1 });
  });
});

import { createDataSource, migrate } from '../src';
import { type TestDatabase, testDatabase } from './database';

const [SUBJECTS, UPDATES] = [60, 170];

describe('a record of the older version with much in its log', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase({ before: 'RecordTables1764800000000' });
  });
  afterAll(() => database.drop());

  it('is moved, also where what a few sessions said is more than one statement takes', async () => {
    const { source } = database;
    // The longest description that producers may send, in letters of three bytes: 300 MB.
    await source.query(
      `INSERT INTO event_log (day, source, id, subject, type, time, at, broker_time, seq, payload, digest)
       SELECT now(), '/studio', s || '-' || n, lpad(s::text, 32, '0')::uuid, 'session.updated.v1', now(), now(), now(), 0,
         jsonb_build_object('description', repeat('漢', 10000)), sha256('')
       FROM generate_series(1, $1) AS s, generate_series(1, $2) AS n`,
      [SUBJECTS, UPDATES],
    );
    const migrating = await createDataSource({ url: database.url, name: 'migrating' }).initialize();
    try {
      await migrate(migrating);
    } finally {
      await migrating.destroy();
    }
    const [moved] = (await source.query(
      `SELECT count(DISTINCT subject)::int AS subjects, sum(jsonb_array_length(entries::jsonb))::int AS events FROM session_log`,
    )) as object[];
    expect(moved).toEqual({ subjects: SUBJECTS, events: SUBJECTS * UPDATES });
  });
});

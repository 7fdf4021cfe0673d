import { Quarantine, SessionStore, TopicPauses, ValidSources, createDataSource, migrate } from '#libs/session-store';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import fc from 'fast-check';
import type { PinoLogger } from 'nestjs-pino';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { ClockMetrics } from '../src/ingest/clock-metrics';
import { IngestMetrics } from '../src/ingest/ingest-metrics';
import { type IngestOptions, ingestSlice } from '../src/ingest/ingest-slice';
import { readSlice } from '../src/ingest/read-slice';
import { PausedTopics } from '../src/ingest/paused-topics';
import { TopicNames } from '../src/kafka/topic-names';
import { Portion } from '../src/portion';
import { anyRecords, sliceAt } from './any-record';

const { DATABASE_URL = '' } = process.env;
const TOPIC = 'any.sessions';
const silent = { warn: () => undefined, error: () => undefined } as unknown as PinoLogger;

interface Outcome {
  offset: string;
  rows: number;
  ranges: number;
  reason: string | null;
}

describe('any bytes, headers and timestamps, on a real database', () => {
  let database: ThrowawayDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await throwawayDatabase(DATABASE_URL);
    source = await createDataSource({ url: database.url, name: 'any', poolSize: 2 }).initialize();
    await migrate(source);
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });

  function given(budget: { rows: number; rowsPerSource: number }): IngestOptions {
    const metrics = new IngestMetrics(new Registry());
    const [names, pauses] = [new TopicNames({ KAFKA_TOPIC_PREFIX: 'any' }), new TopicPauses(source)];
    const limit = { QUARANTINE_STORM_RECORDS: 20 };
    return {
      store: new SessionStore(source, budget),
      pausedTopics: new PausedTopics(limit, names, pauses, new ValidSources(source), metrics, silent),
      metrics,
      clocks: new ClockMetrics(new Registry()),
      horizonMs: Infinity,
      portion: new Portion(5000),
      teller: { tell: async () => undefined },
      log: silent,
    };
  }

  const outcomes = (from: string, next: string): Promise<Outcome[]> =>
    source.query(
      `SELECT o::text AS "offset",
         (SELECT count(*)::integer FROM quarantine WHERE topic = $3 AND "offset" = o) AS rows,
         (SELECT count(*)::integer FROM quarantine_ranges WHERE topic = $3 AND o BETWEEN from_offset AND to_offset) AS ranges,
         (SELECT min(reason) FROM quarantine WHERE topic = $3 AND "offset" = o) AS reason
       FROM generate_series($1::bigint, $2::bigint - 1) AS o`,
      [from, next, TOPIC],
    );
  const total = async (sql: string) => {
    const [row] = await source.query<{ n: string }[]>(sql);
    return Number(row?.n);
  };

  it.each([
    ['with room in quarantine', { rows: 1_000_000, rowsPerSource: 1_000_000 }],
    ['with little room', { rows: 40, rowsPerSource: 15 }],
  ])('have exactly one outcome, and the partition moves on: %s', async (_what, budget) => {
    await source.query(`TRUNCATE quarantine_ranges, ingest_progress`);
    await source.query(`DELETE FROM quarantine`);
    await source.query(`INSERT INTO ingest_progress (topic, partition, next_offset) VALUES ($1, 0, 0)`, [TOPIC]);
    const options = given(budget);
    let from = 0;
    let bad = 0;
    await fc.assert(
      fc.asyncProperty(anyRecords, async (records) => {
        const slice = sliceAt(TOPIC, from, records);
        const read = readSlice('sessions', slice, Infinity);
        await ingestSlice('sessions', slice, options);
        // A second time, as after a commit of which nobody heard.
        await ingestSlice('sessions', slice, options);
        const found = await outcomes(slice.fromOffset, slice.nextOffset);
        const isBad = new Set(read.evidence.bad.map(({ place }) => place.offset));
        for (const { offset, rows, ranges, reason } of found) {
          if (isBad.has(offset)) expect(rows + Math.min(ranges, 1)).toBeGreaterThanOrEqual(1);
          else if (rows > 0) expect(['bug', 'id-conflict']).toContain(reason);
          expect(rows).toBeLessThanOrEqual(1);
        }
        bad += isBad.size;
        from += records.length;
        const progress = await source.query(`SELECT next_offset, broker_time FROM ingest_progress`);
        expect(progress).toMatchObject([{ next_offset: slice.nextOffset }]);
      }),
      { numRuns: 60 },
    );
    const rows = await total(`SELECT count(*) AS n FROM quarantine WHERE state = 'open'`);
    const ranged = await total(`SELECT coalesce(sum(messages), 0) AS n FROM quarantine_ranges`);
    const ofReadable = await total(`SELECT count(*) AS n FROM quarantine WHERE reason IN ('bug', 'id-conflict')`);
    const conflictsInRanges = await total(
      `SELECT coalesce(sum(messages), 0) AS n FROM quarantine_ranges WHERE reason IN ('bug', 'id-conflict')`,
    );
    expect(rows + ranged).toBe(bad + ofReadable + conflictsInRanges);
    expect(rows).toBeLessThanOrEqual(budget.rows);
    expect(await total(`SELECT open_rows AS n FROM quarantine_total`)).toBe(rows);
    expect(await total(`SELECT sum(open_rows) AS n FROM quarantine_sources`)).toBe(rows);
  });

  it('a place of any number has a row, and holds what Kafka had', async () => {
    const { store } = given({ rows: 1_000_000, rowsPerSource: 1_000_000 });
    const places = ['9223372036854775807', '-9223372036854775808', '9223372036854775808', '-1', '0'];
    const bad = places.map((offset) => ({
      kind: 'record' as const,
      place: { topic: 'odd', partition: 0, offset },
      record: {
        key: null,
        value: Buffer.from([0, 255]),
        headers: { 'a\u0000b': Buffer.from('x') },
        timestamp: 2 ** 63,
      },
      source: '\ud800\u0000',
      reason: 'not-json',
      error: 'odd',
    }));
    await store.recordEvidence({ bad, progress: null });
    const [row, ...more] = (await new Quarantine(source).list({ topic: 'odd' }, 10)).filter(
      ({ offset }) => offset === '-9223372036854775808',
    );
    expect(more).toEqual([]);
    const whole = await new Quarantine(source).get(row?.id ?? '');
    expect(whole).toMatchObject({ broker_ms: '9223372036854775807', value: Buffer.from([0, 255]) });
    // What lies beyond the numbers of Kafka stands at their end.
    expect(await new Quarantine(source).count({ topic: 'odd' })).toBe(4);
  });

  it('a row that Postgres refuses fails no other, and has its place and its bytes', async () => {
    const { store } = given({ rows: 1_000_000, rowsPerSource: 1_000_000 });
    await source.query(
      `CREATE FUNCTION refuse_key() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no such key'; END $$`,
    );
    await source.query(
      `CREATE TRIGGER refuse_key BEFORE INSERT ON quarantine FOR EACH ROW WHEN (NEW.key = 'refused') EXECUTE FUNCTION refuse_key()`,
    );
    const bad = ['one', 'refused', 'two'].map((key, at) => ({
      kind: 'record' as const,
      place: { topic: 'refusing', partition: 0, offset: String(at) },
      record: { key: Buffer.from(key), value: Buffer.from(key), headers: {}, timestamp: 1 },
      source: '/a',
      reason: 'not-json',
      error: 'not JSON',
    }));
    await store.recordEvidence({ bad, progress: null });
    await source.query(`DROP TRIGGER refuse_key ON quarantine`);
    const rows = await source.query(
      `SELECT "offset", key, value, error FROM quarantine WHERE topic = 'refusing' ORDER BY "offset"`,
    );
    expect(rows).toEqual([
      { offset: '0', key: Buffer.from('one'), value: Buffer.from('one'), error: 'not JSON' },
      { offset: '1', key: null, value: Buffer.from('refused'), error: 'could not be described' },
      { offset: '2', key: Buffer.from('two'), value: Buffer.from('two'), error: 'not JSON' },
    ]);
  });
});

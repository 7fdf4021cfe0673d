import { randomUUID } from 'node:crypto';
import { type LogRow, writeLog } from '../src/session-log/write-log';
import type { QueryRunner } from 'typeorm';
import { placeState, sessionVersion } from '../src';
import { allThatLeaves } from '../src/retention/all-that-leaves';
import { DEFAULT_POLICY } from '../src/retention/policy';
import { AskedPlans, type Plan } from './asked-plans';
import { type TestDatabase, testDatabase } from './database';

const DAY_MS = 86_400_000;
const TOPIC = 'marquee.sessions';
const ROWS = 20_000;

describe('what became of a place of Kafka', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await sql(
      `INSERT INTO ingest_progress (topic, partition, next_offset) SELECT $1, p, 1000 FROM generate_series(0, 9) p`,
      [TOPIC],
    );
  });
  afterAll(() => database.drop());

  const sql = <R>(text: string, values: unknown[] = []): Promise<R[]> => database.source.query(text, values);
  const at = (offset: number | string, partition = 0, topic = TOPIC) =>
    placeState(database.source, topic, partition, String(offset));
  const entry = (offset: number, id = 'e') => [offset, 1, 1, 'applied', [], { id, source: '/studio', type: 't' }];
  /** One row of the log with these offsets, as one slice writes it. */
  const log = (subject: string, partition: number, offsets: number[], id?: string) => {
    const row: LogRow = {
      subject,
      topic: TOPIC,
      partition,
      first_offset: String(Math.min(...offsets)),
      last_offset: String(Math.max(...offsets)),
      entries: JSON.stringify(offsets.map((offset) => entry(offset, id))),
    };
    return database.source.transaction(({ queryRunner }) => writeLog(queryRunner as QueryRunner, [row]));
  };
  const quarantined = (
    partition: number,
    offset: number,
    more: { kind?: string; value?: Buffer; state?: string } = {},
  ) =>
    sql(
      `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, kind, source, value, headers, reason, error, state)
       VALUES ($1, $2, $3, 1, now(), $4, '/studio', $5, '', 'schema', 'title: is missing', $6)`,
      [TOPIC, partition, offset, more.kind ?? 'record', more.value ?? null, more.state ?? 'open'],
    );

  it('is not told before the recording has come so far, and of partitions that nobody reads', async () => {
    await log(randomUUID(), 0, [1000]);
    expect(await at(1000)).toEqual({ state: 'unseen' });
    expect(await at(999)).toEqual({ state: 'passed' });
    expect(await at(0, 4711)).toEqual({ state: 'unseen' });
    expect(await at(0, 0, 'other.sessions')).toEqual({ state: 'unseen' });
    expect(await at('9223372036854775807')).toEqual({ state: 'unseen' });
  });

  it('is its entry in the log, where another subject of the same slice has the places around it', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    await log(a, 1, [10, 12, 14]);
    await log(b, 1, [11, 13]);
    expect(await at(12, 1)).toMatchObject({ state: 'recorded', subject: a, entry: { did: 'applied' } });
    expect(await at(13, 1)).toMatchObject({ state: 'recorded', subject: b });
    expect(await at(15, 1)).toEqual({ state: 'passed' });
  });

  it('is the later entry, where the topic was made anew and the place was taken twice', async () => {
    await log(randomUUID(), 2, [5], 'of the older topic');
    const later = randomUUID();
    await log(later, 2, [5], 'of the newer one');
    expect(await at(5, 2)).toMatchObject({
      state: 'recorded',
      subject: later,
      entry: { event: { id: 'of the newer one' } },
    });
  });

  it('is its row in quarantine: of a record, and of a batch for all that the batch has', async () => {
    await quarantined(3, 20);
    expect(await at(20, 3)).toMatchObject({
      state: 'quarantined',
      quarantined: { kind: 'record', source: '/studio', reason: 'schema', error: 'title: is missing', state: 'open' },
    });
    const first = Buffer.alloc(61);
    first.writeBigInt64BE(40n);
    await quarantined(3, 45);
    await quarantined(3, 50, { kind: 'batch', value: first });
    for (const offset of [40, 49, 50]) expect(await at(offset, 3)).toMatchObject({ quarantined: { kind: 'batch' } });
    expect(await at(45, 3)).toMatchObject({ quarantined: { kind: 'record' } });
    for (const offset of [21, 39, 51]) expect(await at(offset, 3)).toEqual({ state: 'passed' });
  });

  it('is no batch whose bytes say what cannot be', async () => {
    const damaged = Buffer.alloc(8, 0xff);
    await quarantined(4, 50, { kind: 'batch', value: damaged });
    await quarantined(4, 60, { kind: 'batch', value: Buffer.alloc(3) });
    expect(await at(45, 4)).toEqual({ state: 'passed' });
    expect(await at(55, 4)).toEqual({ state: 'passed' });
  });

  it('is its range beyond the quarantine, where nothing in the range could be read', async () => {
    const range = (from: number, to: number, messages: number) =>
      sql(
        `INSERT INTO quarantine_ranges (topic, partition, from_offset, to_offset, source, reason, messages, first_ms, last_ms)
         VALUES ($1, 5, $2, $3, '/studio', 'not-json', $4, 1, 1)`,
        [TOPIC, from, to, messages],
      );
    await range(10, 19, 10);
    await range(30, 39, 4);
    expect(await at(19, 5)).toMatchObject({
      state: 'quarantined',
      quarantined: { kind: 'range', reason: 'not-json', error: null },
    });
    // Six of them were taken; nobody knows which.
    for (const offset of [9, 20, 35]) expect(await at(offset, 5)).toEqual({ state: 'passed' });
  });

  it('is an event that was recorded although it had been in quarantine', async () => {
    await quarantined(6, 7, { state: 'replayed' });
    await log(randomUUID(), 6, [7]);
    expect(await at(7, 6)).toMatchObject({ state: 'recorded' });
  });

  it('is a gap, where Kafka did not have it any more; not what was read again', async () => {
    const gap = (kind: string, from: number, to: number) =>
      sql(
        `INSERT INTO ingest_gaps (topic, partition, kind, from_offset, to_offset, why) VALUES ($1, 7, $2, $3, $4, 'w')`,
        [TOPIC, kind, from, to],
      );
    await gap('missing', 100, 200);
    await gap('replayed', 300, 400);
    expect(await at(199, 7)).toMatchObject({ state: 'gap', gap: { from: '100', to: '200', why: 'w' } });
    for (const offset of [99, 200, 300]) expect(await at(offset, 7)).toEqual({ state: 'passed' });
  });

  it('is forgotten, once the partition of the log has left that had it or what came after it', async () => {
    const policy = { ...DEFAULT_POLICY, horizonDays: 2, eventsDays: 3 };
    await sql(
      `INSERT INTO session_log (day, subject, topic, partition, first_offset, last_offset, entries)
       VALUES (now() - interval '6 days', gen_random_uuid(), $1, 8, 10, 50, '[]')`,
      [TOPIC],
    );
    const kept = randomUUID();
    await log(kept, 8, [60]);
    expect(await at(30, 8)).toEqual({ state: 'passed' });
    const leaving = allThatLeaves(policy).find(({ table }) => table === 'session_log');
    const now = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
    for (let more = true; more;) more = (await leaving?.step(database.source, now))?.more ?? false;
    for (const offset of [0, 30, 50]) expect(await at(offset, 8)).toEqual({ state: 'forgotten' });
    expect(await at(51, 8)).toEqual({ state: 'passed' });
    expect(await at(60, 8)).toMatchObject({ state: 'recorded', subject: kept });
  });

  it('is found by indices and by nothing else, however much there is', async () => {
    for (const text of FILL) await sql(text, [TOPIC]);
    await sql('VACUUM ANALYZE');
    const asked = await AskedPlans.connect(database.url);
    try {
      for (const offset of ['7', '500', '10000', '19999', '999999']) await placeState(asked.source, TOPIC, 9, offset);
      await sessionVersion(asked.source, randomUUID());
      // Of the log, the quarantine, batches, ranges, gaps, what is forgotten, the progress, the session.
      expect(asked.texts).toHaveLength(8);
      const isBad = (node: Plan) => !SMALL.has(node['Relation Name'] ?? '') && asked.isWhole(node);
      // As the service asks (`byIndexOnly`): an index is used wherever there is one.
      expect(await asked.nodesThatAre(isBad, () => true)).toEqual([]);
      for (const [text, blocks] of await asked.blocksOf('quarantine'))
        expect({ text, few: blocks < 300 }).toEqual({ text, few: true });
    } finally {
      await asked.source.destroy();
    }
  });
});

/** They have a row for each partition. */
const SMALL = new Set(['ingest_progress', 'log_forgotten']);

const FILL = [
  `UPDATE ingest_progress SET next_offset = 1000000 WHERE topic = $1`,
  `INSERT INTO session_log (day, subject, topic, partition, first_offset, last_offset, entries)
     SELECT now(), gen_random_uuid(), $1, 9, n * 2, n * 2, '[[' || n * 2 || ',1,1,"applied",[],{}]]' FROM generate_series(10000, 10000 + ${ROWS}) n`,
  `INSERT INTO quarantine (topic, partition, "offset", broker_ms, broker_time, kind, reason, error, headers)
     SELECT $1, 9, n * 3, n, now(), 'record', 'r', 'e', '' FROM generate_series(1, ${ROWS}) n`,
  `INSERT INTO quarantine_ranges (topic, partition, from_offset, to_offset, source, reason, messages, first_ms, last_ms)
     SELECT $1, 9, n * 10, n * 10 + 1, '', 'r', 2, 1, 1 FROM generate_series(10000, 10000 + ${ROWS}) n`,
  `INSERT INTO ingest_gaps (topic, partition, kind, from_offset, to_offset, why)
     SELECT $1, 9, 'missing', n * 10 + 3, n * 10 + 4, 'w' FROM generate_series(10000, 10000 + ${ROWS}) n`,
];

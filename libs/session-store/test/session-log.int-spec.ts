import { randomUUID } from 'node:crypto';
import type { QueryRunner } from 'typeorm';
import { type LogEntry, type LogPlace, loggedAt, loggedEvents } from '../src';
import { type ToLog, derivedRow, eventRows } from '../src/session-log/log-rows';
import { writeLog } from '../src/session-log/write-log';
import { type TestDatabase, testDatabase } from './database';
import { event } from './given-record';

const AT = Date.UTC(2026, 10, 28, 12);
const TOPIC = 'marquee.sessions';

describe('the log', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  type Sent = ReturnType<typeof event>;
  /** An event as it is logged that lay at an offset. */
  function logged(sent: Sent, offset: number, rest: Partial<ToLog> = {}): ToLog {
    const record = { key: null, value: Buffer.from(JSON.stringify(sent)), headers: {}, timestamp: AT };
    return {
      event: { subject: sent.subject } as ToLog['event'],
      at: AT * 1000 + offset,
      brokerTime: AT,
      origin: { place: { topic: TOPIC, partition: 0, offset: String(offset) }, record },
      did: 'applied',
      flags: [],
      ...rest,
    };
  }
  const started = (subject: string, title = '') => event('session.started.v1', subject, { title });
  const write = (...slices: ToLog[][]) =>
    database.source.transaction(async ({ queryRunner }) => {
      for (const slice of slices) await writeLog(queryRunner as QueryRunner, eventRows(slice));
    });
  const read = (id: string, limit = 1000, after?: LogPlace) => loggedEvents(database.source, id, limit, after);
  const offsets = (entries: LogEntry[]) => entries.map(({ place }) => Number(place?.offset));

  it('has events as they were sent, with what they did, and where they lay', async () => {
    const id = randomUUID();
    const odd = { ...started(id, 'a "b" \u2028 漢 \ud83e'), sequence: 1e21, more: { deep: [null, 0.1] } };
    await write([logged(odd, 7, { did: 'late', flags: ['other-room'] })]);
    expect(await read(id)).toEqual([
      {
        row: expect.stringMatching(/^\d+$/) as unknown,
        index: 0,
        recordedAt: expect.any(Number) as unknown,
        place: { topic: TOPIC, partition: 0, offset: '7' },
        at: AT * 1000 + 7,
        brokerTime: AT,
        did: 'late',
        flags: ['other-room'],
        event: JSON.parse(JSON.stringify(odd)) as unknown,
      },
    ]);
  });

  it('is in the order of recording: what comes late comes last, so that whoever walks on misses nothing', async () => {
    const id = randomUUID();
    await write([5, 6].map((offset) => logged(started(id), offset)));
    const first = await read(id, 2);
    await write([2, 3].map((offset) => logged(started(id), offset)));
    expect(offsets(await read(id))).toEqual([5, 6, 2, 3]);
    expect(offsets(await read(id, 10, first.at(-1)))).toEqual([2, 3]);
    expect(offsets(await read(id, 10, first.at(0)))).toEqual([6, 2, 3]);
  });

  it('is one row per slice and subject, and every walk over it gives each entry once', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const slices = Array.from({ length: 30 }, (_, n) =>
      Array.from({ length: 1 + (n % 7) }, (__, m) => logged(started(m % 2 ? b : a), n * 10 + m)),
    );
    await write(...slices);
    const [rows] = await database.source.query('SELECT count(*)::int AS n FROM session_log WHERE subject = $1', [a]);
    expect(rows).toEqual({ n: 30 });
    const all = slices.flat().filter(({ event: { subject } }) => subject === a);
    for (const limit of [1, 3, 100]) {
      const walked: LogEntry[] = [];
      for (let page = await read(a, limit); page.length > 0; page = await read(a, limit, page.at(-1))) {
        expect(page.length).toBeLessThanOrEqual(limit);
        walked.push(...page);
      }
      expect(offsets(walked)).toEqual(all.map(({ origin }) => Number(origin.place.offset)));
    }
  });

  it('reads on behind rows that are larger than what is read at once', async () => {
    const id = randomUUID();
    const large = 'x'.repeat(5_000_000);
    for (const offset of [1, 2, 3]) await write([logged(started(id, large), offset)]);
    expect(offsets(await read(id))).toEqual([1, 2, 3]);
    const [first] = await read(id, 1);
    expect(offsets(await read(id, 1, first))).toEqual([2]);
  });

  it('has what a session became by itself, without a place', async () => {
    const id = randomUUID();
    await database.source.transaction(({ queryRunner }) =>
      writeLog(queryRunner as QueryRunner, [
        derivedRow(id, AT * 1000, { status: 'ended', health: null, end_reason: 'lost' }),
      ]),
    );
    expect(await read(id)).toMatchObject([
      {
        place: null,
        brokerTime: null,
        did: 'derived',
        at: AT * 1000,
        event: { status: 'ended', health: null, end_reason: 'lost' },
      },
    ]);
  });

  it('says what lay at a place of Kafka, among neighbours of other sessions, and nothing where nothing is', async () => {
    const subjects = Array.from({ length: 50 }, () => randomUUID());
    const at = (offset: number, partition: number) =>
      logged(started(subjects[(offset * 7) % 50] ?? '', `${offset} [${offset + 1},`), offset, {
        origin: {
          ...logged(started(subjects[(offset * 7) % 50] ?? '', `[${offset + 1},`), offset).origin,
          place: { topic: 'other', partition, offset: String(offset) },
        },
      });
    // Offsets that are no multiples of three are of heartbeats, which are not logged.
    const of = (from: number, partition: number) => Array.from({ length: 200 }, (_, n) => at(from + n * 3, partition));
    await write(of(0, 0), of(600, 0), of(0, 1));
    for (const offset of [0, 3, 597, 600, 1197]) {
      const found = await loggedAt(database.source, 'other', 0, String(offset));
      expect(found).toMatchObject({
        subject: subjects[(offset * 7) % 50],
        place: { topic: 'other', partition: 0, offset: String(offset) },
      });
    }
    for (const offset of ['1', '598', '1198', '9223372036854775807'])
      expect(await loggedAt(database.source, 'other', 0, offset)).toBeUndefined();
    expect(await loggedAt(database.source, 'other', 2, '0')).toBeUndefined();
  });

  it('of a session leaves out what was said of a room that has the same id', async () => {
    const id = randomUUID();
    await write([logged(event('room.changed.v1', id, { title: 'A room' }), 4711), logged(started(id), 4712)]);
    expect(offsets(await read(id))).toEqual([4712]);
    expect(await loggedAt(database.source, TOPIC, 0, '4711')).toMatchObject({ subject: id });
  });

  it('is asked by its indices, whatever it has', async () => {
    const plan = async (text: string) => {
      await database.source.query('SET enable_seqscan = off');
      const rows = (await database.source.query(`EXPLAIN ${text}`)) as Record<string, string>[];
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    const id = randomUUID();
    expect(await plan(`SELECT FROM session_log WHERE subject = '${id}' AND id >= 1 ORDER BY id LIMIT 5`)).not.toMatch(
      /Seq Scan/,
    );
    expect(
      await plan(
        `SELECT FROM session_log WHERE topic = 'a' AND partition = 1 AND last_offset >= 5 ORDER BY last_offset LIMIT 5`,
      ),
    ).not.toMatch(/Seq Scan/);
  });
});

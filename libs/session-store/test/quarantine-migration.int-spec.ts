import { SessionStore, decodeHeaders, migrate } from '../src';
import { Quarantine } from '../src/quarantine/quarantine';
import { type TestDatabase, testDatabase } from './database';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('rows of a quarantine from before it was total', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase({ before: 'RecordTables1764800000000' });
    const names = database.source.migrations.map(({ name }) => name ?? '');
    for (const _ of names.slice(names.indexOf('QuarantineIsTotal1764730000000')))
      await database.source.undoLastMigration();
  });
  afterAll(() => database.drop());

  it('keep their headers, their times and their kind, are counted, and can go back and forth', async () => {
    const headers = { trace: base64('t-1'), ce_id: [base64('a'), base64('')], '': base64('nameless') };
    const insert = (offset: number, reason: string, error: string, state: string) =>
      database.source.query(
        `INSERT INTO quarantine (topic, partition, "offset", broker_time, key, value, headers, reason, error, state)
         VALUES ('t', 0, $1, '2026-11-24T12:00:00.123Z', 'k', 'v', $2, $3, $4, $5)`,
        [offset, JSON.stringify(headers), reason, error, state],
      );
    await insert(1, 'schema', 'data.title: must be text', 'open');
    await insert(2, 'corrupt-batch', 'the checksum is wrong', 'open');
    await insert(3, 'bug', 'the batch of offsets 1 to 3 cannot be read: no', 'discarded');
    const old = await database.source.query(`SELECT * FROM quarantine ORDER BY id`);

    await migrate(database.source);
    const quarantine = new Quarantine(database.source);
    const rows = await quarantine.list({}, 10);
    expect(rows.map(({ kind, broker_ms: ms, tries }) => [kind, ms, tries])).toEqual([
      ['record', String(Date.UTC(2026, 10, 24, 12, 0, 0, 123)), 0],
      ['batch', String(Date.UTC(2026, 10, 24, 12, 0, 0, 123)), 0],
      ['batch', String(Date.UTC(2026, 10, 24, 12, 0, 0, 123)), 0],
    ]);
    const whole = await quarantine.get(rows[0]?.id ?? '');
    const found = decodeHeaders(whole?.headers ?? Buffer.alloc(0)).map(({ name, value }) => [
      String(name),
      String(value),
    ]);
    for (const header of [
      ['', 'nameless'],
      ['ce_id', 'a'],
      ['ce_id', ''],
      ['trace', 't-1'],
    ]) {
      expect(found).toContainEqual(header);
    }
    expect(found).toHaveLength(4);
    expect(await database.source.query(`SELECT open_rows FROM quarantine_total`)).toEqual([{ open_rows: '2' }]);

    await database.source.undoLastMigration();
    expect(await database.source.query(`SELECT * FROM quarantine ORDER BY id`)).toEqual(old);
    await migrate(database.source);
  });

  it('can go back with headers and a time that the older schema cannot say', async () => {
    const record = {
      key: null,
      value: null,
      headers: { 'a\u0000b': Buffer.from([255, 0]), '\ud800': undefined },
      timestamp: -(2 ** 63),
    };
    const place = { topic: 'odd', partition: 0, offset: '7' };
    const bad = { place, record, source: '', reason: 'not-json', error: 'odd' };
    await new SessionStore(database.source).recordEvidence({
      bad: [
        { ...bad, kind: 'record' },
        { ...bad, kind: { batchFrom: '3' } },
      ],
      progress: null,
    });
    expect(await new Quarantine(database.source).count({ topic: 'odd' })).toBe(2);
    await database.source.undoLastMigration();
    const rows = await database.source.query(`SELECT headers FROM quarantine WHERE topic = 'odd'`);
    expect(rows).toEqual([{ headers: { 'a\\000b': '/wA=', '\ufffd': '' } }]);
    await migrate(database.source);
  });

  it('are counted by their source as they open and close', async () => {
    const { source } = database;
    const place = (offset: number) => ({ topic: 'counted', partition: 0, offset: String(offset) });
    const record = { key: null, value: null, headers: {}, timestamp: 1 };
    const bad = [1, 2, 3].map((offset) => ({
      kind: 'record' as const,
      place: place(offset),
      record,
      source: '/counted',
      reason: 'schema',
      error: 'no',
    }));
    await new SessionStore(source).recordEvidence({ bad, progress: null });
    const open = async () =>
      ((await source.query(`SELECT open_rows FROM quarantine_sources WHERE source = '/counted'`)) as object[])[0];
    const quarantine = new Quarantine(source);
    const [first, second] = await quarantine.list({ topic: 'counted' }, 2);
    expect(await open()).toEqual({ open_rows: '3' });
    await quarantine.replayed(first?.id ?? '');
    await quarantine.replayed(first?.id ?? '');
    await quarantine.discard(second?.id ?? '', 'noise');
    expect(await open()).toEqual({ open_rows: '1' });
    await source.query(`DELETE FROM quarantine WHERE topic = 'counted'`);
    expect(await open()).toBeUndefined();
  });
});

import { QuarantineRanges, SessionStore } from '../src';
import { type TestDatabase, testDatabase } from './database';

describe('what the quarantine has no room for', () => {
  let database: TestDatabase;
  let store: SessionStore;
  let ranges: QuarantineRanges;
  beforeAll(async () => {
    database = await testDatabase();
    store = new SessionStore(database.source, { rows: 1, rowsPerSource: 1 });
    ranges = new QuarantineRanges(database.source);
    await store.recordEvidence({ bad: [bad('full', 0, '/first')], progress: null });
  });
  afterAll(() => database.drop());

  const bad = (topic: string, offset: number, source: string, reason = 'schema') => ({
    kind: 'record' as const,
    place: { topic, partition: 0, offset: String(offset) },
    record: { key: null, value: Buffer.from('x'), headers: {}, timestamp: 1000 + offset },
    source,
    reason,
    error: 'no',
  });
  const put = (...all: ReturnType<typeof bad>[]) => store.recordEvidence({ bad: all, progress: null });
  const open = async (topic: string) =>
    (await ranges.open([topic], 10_000)).map((range) => ({
      of: `${range.source} ${range.reason}`,
      span: `${range.from_offset}..${range.to_offset}`,
      messages: range.messages,
      ms: `${range.first_ms}..${range.last_ms}`,
    }));

  it('is one range for each source and reason while what lies between is not much', async () => {
    await put(bad('near', 5, '/a'), bad('near', 9, '/a'), bad('near', 7, '/b'), bad('near', 8, '/a', 'not-json'));
    await put(bad('near', 900, '/a'));
    await put(bad('near', 50_000, '/a'));
    expect(await open('near')).toEqual([
      { of: '/a schema', span: '5..900', messages: '3', ms: '1005..1900' },
      { of: '/b schema', span: '7..7', messages: '1', ms: '1007..1007' },
      { of: '/a not-json', span: '8..8', messages: '1', ms: '1008..1008' },
      { of: '/a schema', span: '50000..50000', messages: '1', ms: '51000..51000' },
    ]);
  });

  it('is counted once, however often it comes', async () => {
    await put(bad('again', 5, '/a'), bad('again', 6, '/a'));
    await put(bad('again', 5, '/a'), bad('again', 6, '/a'), bad('again', 7, '/a'));
    expect(await open('again')).toMatchObject([{ span: '5..7', messages: '3' }]);
    // Another log with the same offsets is another message.
    const later = bad('again', 6, '/a');
    await put({ ...later, record: { ...later.record, timestamp: 9_999_999 } });
    expect((await open('again')).map(({ messages }) => messages)).toEqual(['3', '1']);
  });

  it('does not grow with sources that are made up', async () => {
    const madeUp = (from: number, count: number) =>
      Array.from({ length: count }, (_, at) => bad('made-up', from + at, `/made/up/${from + at}`));
    await put(...madeUp(0, 600));
    expect(await open('made-up')).toMatchObject([{ of: ' several', span: '0..599', messages: '600' }]);
    for (let slice = 0; slice < 22; slice++) await put(...madeUp(1000 + slice * 50, 50));
    const found = await open('made-up');
    expect(found).toHaveLength(1001);
    expect(found.reduce((sum, { messages }) => sum + Number(messages), 0)).toBe(1700);
    expect(found[0]).toMatchObject({ of: ' several', span: '0..2099', messages: '700' });
    await put(...madeUp(2000, 50));
    expect((await open('made-up'))[0]).toMatchObject({ messages: '700' });
  });
});

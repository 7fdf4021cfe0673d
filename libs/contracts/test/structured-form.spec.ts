import { type RawRecord, readEvent, structuredForm } from '../src';

const SUBJECT = '0190a0a0-0000-7000-8000-000000000001';
const ENVELOPE = {
  specversion: '1.0',
  id: 'a',
  source: '/studio',
  type: 'session.started.v1',
  subject: SUBJECT,
  time: '2026-11-28T12:00:00.123456Z',
};
const record = (value: string | null, headers: RawRecord['headers'] = {}): RawRecord => ({
  key: Buffer.from(SUBJECT),
  value: value === null ? null : Buffer.from(value),
  headers,
  timestamp: Date.UTC(2026, 10, 28, 12),
});
const binary = (more: Record<string, string> = {}) =>
  Object.fromEntries(
    Object.entries({ ...ENVELOPE, ...more }).map(([name, value]) => [`ce_${name}`, Buffer.from(value)]),
  );
const DATA = '{ "title" : "\\u0041 t\\u0069tle",  "x":"\\ud83e" }';

describe('the structured form of a record', () => {
  it.each<[string, RawRecord]>([
    ['structured', record(` ${JSON.stringify({ ...ENVELOPE, sequence: '07', data: { title: 'A title' } })}\n`)],
    [
      'structured, with attributes in headers beside',
      record(JSON.stringify({ ...ENVELOPE, data: { title: 'A title' } }), {
        'content-type': Buffer.from('application/cloudevents+json'),
        ce_id: Buffer.from('other'),
      }),
    ],
    ['binary', record(DATA, binary({ sequence: '07', more: 'an extension' }))],
    ['binary, without a value', record(null, { ...binary({ type: 'session.ended.v1' }) })],
    ['binary, with an empty one', record('', { ...binary({ type: 'session.ended.v1' }) })],
  ])('says the same as the record: %s', (_, given) => {
    const read = readEvent('sessions', given);
    expect(read).toMatchObject({ ok: true });
    const text = structuredForm(given);
    const again = readEvent('sessions', record(text));
    expect(again).toEqual(read);
  });

  it('is letter by letter what was sent', () => {
    const sent = ` {"data":${DATA},${JSON.stringify(ENVELOPE).slice(1)}\t`;
    expect(structuredForm(record(sent))).toBe(sent);
    expect(structuredForm(record(DATA, binary()))).toBe(`${JSON.stringify(ENVELOPE).slice(0, -1)},"data":${DATA}}`);
  });
});

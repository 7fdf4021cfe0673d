import fc from 'fast-check';
import { readPlainSession } from '../src/events/read-plain-session';
import { EVENT_TYPES } from '../src/events/topics';

const UUID = '6f1c2f5e-8f0a-4c39-9d6f-2f3a51c6f0aa';
const TIME = '2026-02-28T23:59:59.999Z';
const PLAIN = { specversion: '1.0', id: 'e-1', source: '/encoder/7', subject: UUID, time: TIME };
const DATA: Record<string, object> = {
  'session.scheduled.v1': { room_id: UUID, title: 'An evening', mode: 'rtmp', scheduled_start_time: TIME },
  'session.started.v1': { room_id: UUID, title: 'An evening', hls_url: 'https://cdn.example.org/a/b.m3u8' },
  'session.updated.v1': { title: 'An evening', preset_id: null, max_join_limit_override: 5 },
  'session.ended.v1': { reason: 'done' },
  'session.heartbeat.v1': {},
  'session.deleted.v1': {},
};

const odd = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 0, -1, 0.5, true, [], {}, 'valueOf'),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
const near = (...values: unknown[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: odd });

const texts = (min: number, max: number) => [
  'x'.repeat(Math.max(0, min - 1)),
  'x'.repeat(min),
  'x'.repeat(max),
  'x'.repeat(max + 1),
  '\u{1f3a5}'.repeat(Math.ceil(min / 2)),
  `caf\u00e9 \uffff \u2028 ${'y'.repeat(min)}`,
  `lone \ud800 ${'y'.repeat(min)}`,
  `nul \u0000 ${'y'.repeat(min)}`,
  `line\n${'y'.repeat(min)}`,
];
const uuids = [UUID, UUID.toUpperCase(), `${UUID}\n`, UUID.replaceAll('-', ''), '00000000-0000-0000-0000-000000000000'];
const times = [
  TIME,
  '2026-02-29T00:00:00.000Z',
  '2024-02-29T00:00:00.000Z',
  '1999-12-31T23:59:59.999Z',
  '2000-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '2026-12-31T23:59:60.000Z',
  '2026-12-31T24:00:00.000Z',
  '2026-01-31T10:00:00Z',
  '2026-01-31T10:00:00.1Z',
  '2026-01-31T10:00:00.123456Z',
  '2026-01-31T10:00:00.123456789Z',
  '2026-01-31t10:00:00.123z',
  '2026-01-31 10:00:00.123Z',
  '2026-01-31T10:00:00.123+02:00',
  '2026-01-31T10:00:00.123Z\n',
  '+02026-1-31T10:00:00.123Z',
];
const urls = [
  'https://cdn.example.org/live/a_b-c~1/index.m3u8?token=a%20b&x=1',
  'http://localhost:8080/x',
  'https://cdn.example.org',
  'https://cdn.example.org:99999/',
  'https://cdn.example.org:0/',
  'https://1.2.3.4/x',
  'https://1.2.3.4.5/x',
  'https://a.256/x',
  'https://a.0x/x',
  'https://xn--a/x',
  'https://xn--a-ecp.ru/x',
  'https://-a/x',
  'https://a-/x',
  'https://a..b/x',
  'https://a.b./x',
  'https://a_b.example/x',
  'HTTPS://CDN.example.org/x',
  'https://cdn.example.org/ x',
  ' https://cdn.example.org/x ',
  'https://cdn.example.org/\u00e9',
  'https://cdn.example.org/x#y',
  'https://cdn.example.org?x',
  'https://user@cdn.example.org/x',
  'https:cdn.example.org/x',
  'https:///cdn.example.org/x',
  'ftp://cdn.example.org/x',
  `https://cdn.example.org/${'x'.repeat(2048 - 24)}`,
  `https://cdn.example.org/${'x'.repeat(2049 - 24)}`,
  'https://cdn.example.org/x\n',
];
const integers = (min: number, max: number) => [min, max, min - 1, max + 1, min + 0.5, String(min), -0, 2 ** 60, NaN];

const fields: Record<string, fc.Arbitrary<unknown>> = {
  room_id: near(...uuids),
  preset_id: near(...uuids),
  title: near(...texts(3, 255)),
  description: near(...texts(0, 10_000)),
  mode: near('webcam', 'rtmp', 'whip', 'RTMP', 'rtmp\n'),
  started_at: near(...times),
  ended_at: near(...times),
  scheduled_start_time: near(...times),
  hls_url: near(...urls),
  recording_enabled: near(true, false, 1, 'true'),
  chat_enabled_override: near(true, false),
  stage_enabled_override: near(true, false),
  max_join_limit_override: near(...integers(0, 1_000_000_000)),
  lease_seconds: near(...integers(5, 1800)),
  reason: near(...texts(1, 255)),
  unknown: odd,
};

/** Keys in any order. */
const shuffled = (written: object) =>
  fc
    .shuffledSubarray(Object.entries(written), { minLength: Object.keys(written).length })
    .map((entries) => Object.fromEntries(entries) as object);

const attributes = fc.record({
  specversion: near('1.0', '0.3', 1),
  id: near(...texts(1, 255), 'a\n', '\u007f'),
  source: near('https://x.example/y?z#u', ...texts(1, 255), 'x'.repeat(1024), 'x'.repeat(1025), '/a\n'),
  subject: near(...uuids),
  time: near(...times),
  sequence: near(
    '0',
    '7',
    '007',
    '9'.repeat(64),
    '9'.repeat(65),
    '-1',
    'abc',
    5,
    0,
    -0,
    -5,
    1.5,
    2 ** 53,
    2 ** 60,
    '7\n',
  ),
  traceparent: near(
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n',
    'x',
  ),
  data: odd,
  more: odd,
});

/** Plain but for a part or two, of the envelope or of the data. */
const event = fc
  .tuple(
    fc.constantFrom(...Object.keys(DATA)),
    attributes,
    fc.subarray(['specversion', 'id', 'source', 'subject', 'time', 'sequence', 'traceparent', 'data', 'more'], {
      maxLength: 2,
    }),
    fc.record(fields),
    fc.subarray(Object.keys(fields), { maxLength: 4 }),
    fc.subarray(['room_id', 'title', 'mode'], { maxLength: 1 }),
  )
  .chain(([type, envelope, replaced, data, given, left]) => {
    const chosen = (all: object, names: string[]) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
    const said = Object.entries({ ...DATA[type], ...chosen(data, given) }).filter(([name]) => !left.includes(name));
    return shuffled(Object.fromEntries(said)).map((plainData) => ({
      ...PLAIN,
      type,
      data: plainData,
      ...chosen(envelope, replaced),
    }));
  });

describe('an event of a session read without its schema', () => {
  it('is what the schema gives, its data in the order of the schema, whatever is written', () => {
    let plain = 0;
    fc.assert(
      fc.property(event, (written) => {
        const read = readPlainSession(written);
        if (read === null) return;
        plain += 1;
        const judged = EVENT_TYPES.get(written.type)?.schema.safeParse(written);
        const { micros, ...event } = read;
        expect(judged).toEqual({ success: true, data: event });
        const [, digits = ''] = written.time.split(/[.Z]/);
        expect(micros).toBe(Number(digits.padEnd(6, '0').slice(3, 6)));
        expect(JSON.stringify(judged?.data?.data)).toBe(JSON.stringify(read.data));
      }),
      { numRuns: 10_000 },
    );
    expect(plain).toBeGreaterThan(1000);
  });

  it.each(Object.entries(DATA))('%s is read as nearly all are written', (type, data) => {
    const written = { ...PLAIN, type, data, sequence: 12, more: 1 };
    expect(readPlainSession(written)).toEqual({ ...EVENT_TYPES.get(type)?.schema.parse(written), micros: 0 });
  });

  it('keeps its microseconds', () => {
    const written = { ...PLAIN, type: 'session.heartbeat.v1', time: TIME.replace('Z', '606999Z') };
    expect(readPlainSession(written)).toMatchObject({ time: Date.parse(TIME), micros: 606 });
  });

  it('leaves types that it does not know, and what comes in base64, to the others', () => {
    for (const type of ['valueOf', 'session.paused.v1', 'viewers.counted.v1', undefined, null, 5]) {
      expect(readPlainSession({ ...PLAIN, type, data: {} })).toBeNull();
    }
    for (const data_base64 of ['e30=', '', null]) {
      expect(readPlainSession({ ...PLAIN, type: 'session.heartbeat.v1', data_base64 })).toBeNull();
    }
  });
});

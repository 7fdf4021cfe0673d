import { LATEST_EXACT_MS, type TopicName, eventContent, readEvent } from '../src';

const ID = '8d5b7a52-3f0e-4c0f-9a39-0d8f0c1c7e01';
const NOW = Date.UTC(2026, 10, 20, 18);
const bytes = (value: string | Buffer | null) => (value === null ? null : Buffer.from(value as string));

const counted = {
  specversion: '1.0',
  id: 'e1',
  source: '/studio',
  type: 'viewers.counted.v1',
  subject: ID,
  time: '2026-11-20T17:59:00Z',
  data: { viewer_count: 5 },
};
const started = { ...counted, type: 'session.started.v1', data: {} };

function read(topic: TopicName, value: unknown, { key = ID, headers = {}, timestamp = NOW } = {}) {
  const raw = value === null || typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value);
  return readEvent(topic, { key: bytes(key), value: bytes(raw), headers, timestamp });
}

/** Epoch ms → the last microsecond of it. */
const endOf = (brokerTime: number) => brokerTime * 1000 + 999;
const without = (key: keyof typeof counted) =>
  Object.fromEntries(Object.entries(counted).filter(([name]) => name !== key));
const withCount = (text: string) => JSON.stringify(counted).replace('"viewer_count":5', `"viewer_count":${text}`);
const deep = '['.repeat(10_000) + ']'.repeat(10_000);

describe('reading an event', () => {
  it('gives the event, its time clamped to the broker’s', () => {
    expect(read('viewers', counted)).toMatchObject({
      ok: true,
      event: { subject: ID, data: { viewer_count: 5 } },
      at: (NOW - 60_000) * 1000,
    });
    expect(read('viewers', counted, { timestamp: NOW - 120_000 })).toMatchObject({ at: endOf(NOW - 120_000) });
    expect(read('viewers', { ...counted, time: '2026-11-21T18:00:00Z' })).toMatchObject({ at: endOf(NOW) });
  });

  it('reads binary mode', () => {
    const { data, ...attributes } = counted;
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce_${name}`, Buffer.from(value)]),
    );
    expect(read('viewers', data, { headers })).toMatchObject({ ok: true, event: { data: { viewer_count: 5 } } });
    const twice = { ...headers, ce_id: [Buffer.from('a'), Buffer.from('b')] };
    expect(read('viewers', data, { headers: twice })).toMatchObject({
      ok: false,
      reason: 'schema',
      error: expect.stringContaining('id') as string,
    });
  });

  it('takes ids in any case, and integers of any size for a sequence', () => {
    const upper = { ...counted, subject: ID.toUpperCase(), sequence: '00018446744073709551616' };
    expect(read('viewers', upper, { key: ID.toUpperCase() })).toMatchObject({
      ok: true,
      event: { subject: ID, sequence: '18446744073709551616' },
    });
  });

  describe('keeps the microseconds of its time', () => {
    const SECOND = Date.UTC(2026, 10, 20, 17, 59);
    const cases: [string, number][] = [
      ['2026-11-20T17:59:00.606100Z', 606_100],
      ['2026-11-20T17:59:00.6061Z', 606_100],
      ['2026-11-20T17:59:00.606999999Z', 606_999],
      ['2026-11-20T17:59:00.000001Z', 1],
      ['2026-11-20T17:59:00.0000009Z', 0],
      ['2026-11-20T17:59:00.606Z', 606_000],
      ['2026-11-20T17:59:00.6Z', 600_000],
      ['2026-11-20T17:59:00Z', 0],
      ['2026-11-20t18:59:00.606100+01:00', 606_100],
      ['2026-11-20 17:58:60.606100z', 606_100],
    ];

    it.each(cases)('%s', (time, below) => {
      for (const [topic, event] of [
        ['viewers', counted],
        ['sessions', started],
      ] as const) {
        const at = SECOND * 1000 + below;
        const written = { ...event, time };
        const structured = read(topic, written);
        expect(structured).toMatchObject({ at, event: { time: Math.floor(at / 1000), micros: at % 1000 } });
        const { data, ...attributes } = written;
        const headers = Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [`ce_${name}`, Buffer.from(value)]),
        );
        expect(read(topic, data, { headers })).toEqual(structured);
      }
    });

    it('on a fast network: the clamp is to the end of the broker’s millisecond', () => {
      const early = { ...counted, time: '2026-11-20T17:59:00.606100Z' };
      const late = { ...counted, time: '2026-11-20T17:59:00.606900Z' };
      const timestamp = SECOND + 606;
      expect(read('viewers', early, { timestamp })).toMatchObject({
        at: timestamp * 1000 + 100,
        brokerTime: timestamp,
      });
      expect(read('viewers', late, { timestamp })).toMatchObject({ at: timestamp * 1000 + 900 });
      expect(read('viewers', late, { timestamp: timestamp - 1 })).toMatchObject({ at: timestamp * 1000 - 1 });
    });

    it('and two that differ in nothing else have different content', () => {
      const contentOf = (time: string) => {
        const result = read('viewers', { ...counted, time });
        if (!result.ok || result.kind !== 'event') throw new Error('not read');
        return eventContent(result.event, JSON.stringify(result.event.data));
      };
      expect(contentOf('2026-11-20T17:59:00.606100Z')).not.toBe(contentOf('2026-11-20T17:59:00.606900Z'));
      expect(contentOf('2026-11-20T17:59:00.606100Z')).toBe(contentOf('2026-11-20T17:59:00.6061Z'));
      expect(contentOf('2026-11-20T17:59:00.606Z')).toBe(contentOf('2026-11-20T18:59:00.606000+01:00'));
    });
  });

  it.each([-1, 0, 5, Date.UTC(2255, 0, 1), Date.UTC(9998, 0, 1)])(
    'does not believe the broker’s timestamp %d, and every time stays an exact integer',
    (timestamp) => {
      for (const time of ['2026-11-20T17:59:00.606100Z', '9999-12-31T23:59:59.999999Z']) {
        const result = read('viewers', { ...counted, time }, { timestamp });
        if (!result.ok || result.kind !== 'event') throw new Error('not read');
        const { at, brokerTime, event } = result;
        expect(Number.isSafeInteger(at)).toBe(true);
        expect(at).toBe(Math.min(event.time * 1000 + event.micros, endOf(LATEST_EXACT_MS)));
        expect(brokerTime).toBe(Math.min(event.time, LATEST_EXACT_MS));
      }
      const { at } = read('directory', null, { timestamp }) as { at: number };
      expect(Number.isSafeInteger(at)).toBe(true);
    },
  );

  it('takes a tombstone on the directory only', () => {
    expect(read('directory', null)).toEqual({ ok: true, kind: 'tombstone', id: ID, at: endOf(NOW) });
    expect(read('sessions', null)).toMatchObject({ ok: false, reason: 'no-value' });
    expect(read('directory', null, { key: 'not a uuid' })).toMatchObject({ ok: false, reason: 'schema' });
  });

  it.each<[string, unknown]>([
    ['unknown fields', { ...counted, extra: { nested: deep }, data: { viewer_count: 5, region: 'eu' } }],
    [
      '100 000 unknown keys',
      {
        ...counted,
        ...Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [n.toString(36).toUpperCase(), 0])),
      },
    ],
    ['__proto__ as a key', JSON.stringify(counted).replace('{', '{"__proto__":{"type":"session.deleted.v1"},')],
    ['a key given twice: the last', JSON.stringify(counted).replace('{', '{"id":"first",')],
  ])('ignores %s', (_name, value) => {
    expect(read('viewers', value)).toMatchObject({
      ok: true,
      event: { id: 'e1', type: 'viewers.counted.v1', data: { viewer_count: 5 } },
    });
  });

  it('ignores 10 000 levels of nesting in what it does not know', () => {
    expect(read('viewers', JSON.stringify(counted).replace('{', `{"deep":${deep},`))).toMatchObject({ ok: true });
  });

  const bad: [string, string, TopicName, unknown, object?][] = [
    ['an empty value', 'no-value', 'viewers', ''],
    ['no key', 'no-key', 'viewers', counted, { key: '' }],
    ['text that is not JSON', 'not-json', 'viewers', 'hello'],
    ['truncated JSON', 'not-json', 'viewers', JSON.stringify(counted).slice(0, -5)],
    ['a byte order mark', 'not-json', 'viewers', `\uFEFF${JSON.stringify(counted)}`],
    ['invalid UTF-8', 'not-utf8', 'viewers', Buffer.from([0x7b, 0xff, 0x7d])],
    [
      'a lone surrogate',
      'schema',
      'sessions',
      JSON.stringify({ ...started, data: { title: 'abc' } }).replace('abc', 'abc\\ud800'),
    ],
    ['a NUL character', 'schema', 'sessions', { ...started, data: { title: 'abc\u0000' } }],
    ...['\u0000', '\ud800'].map((wrong): [string, string, TopicName, unknown] => [
      `a URL with ${JSON.stringify(wrong)}`,
      'schema',
      'sessions',
      { ...started, data: { hls_url: `https://x.example/${wrong}` } },
    ]),
    ['a source that an index cannot hold', 'schema', 'viewers', { ...counted, source: '\u4e00'.repeat(342) }],
    ['a time after the year 9999', 'schema', 'viewers', { ...counted, time: '9999-12-31T23:59:59-00:01' }],
    ['over a megabyte', 'too-large', 'viewers', { ...counted, extra: 'x'.repeat(1_000_000) }],
    ['nesting instead of data', 'schema', 'viewers', JSON.stringify(counted).replace('{"viewer_count":5}', deep)],
    ['a list', 'schema', 'viewers', '[]'],
    ['null', 'schema', 'viewers', 'null'],
    ['1e400', 'schema', 'viewers', withCount('1e400')],
    ['a negative count', 'schema', 'viewers', withCount('-1')],
    ['a fractional count', 'schema', 'viewers', withCount('1.5')],
    ['NaN', 'not-json', 'viewers', withCount('NaN')],
    ['a count of 1e12', 'schema', 'viewers', withCount('1e12')],
    ['a count as text', 'schema', 'viewers', withCount('"5"')],
    ...(['id', 'source', 'type', 'subject', 'specversion', 'time', 'data'] as const).map(
      (key): [string, string, TopicName, unknown] => [`no ${key}`, 'schema', 'viewers', without(key)],
    ),
    ['another specversion', 'schema', 'viewers', { ...counted, specversion: '0.3' }],
    ['an empty id', 'schema', 'viewers', { ...counted, id: '' }],
    ['a time without zone', 'schema', 'viewers', { ...counted, time: '2026-11-20T17:59:00' }],
    ['a time without seconds', 'schema', 'viewers', { ...counted, time: '2026-11-20T17:59Z' }],
    ['the year 0', 'schema', 'viewers', { ...counted, time: '0000-01-01T00:00:00Z' }],
    ['a time before 2000', 'schema', 'viewers', { ...counted, time: '1999-12-31T23:59:59Z' }],
    ['the 30th of February', 'schema', 'viewers', { ...counted, time: '2026-02-30T00:00:00Z' }],
    ['a subject that is no UUID', 'schema', 'viewers', { ...counted, subject: 'session-1' }, { key: 'session-1' }],
    ['a key that is not the subject', 'key-mismatch', 'viewers', counted, { key: ID.replace('8', '9') }],
    ['an unknown type', 'unknown-type', 'viewers', { ...counted, type: 'viewers.left.v1' }],
    ['a future version', 'unknown-type', 'viewers', { ...counted, type: 'viewers.counted.v2' }],
    ['a type like valueOf', 'unknown-type', 'viewers', { ...counted, type: 'valueOf' }],
    ['a type that belongs elsewhere', 'wrong-topic', 'viewers', started],
  ];

  it.each(bad.map(([name, reason, topic, value, options = {}]) => [name, reason, topic, value, options] as const))(
    'refuses %s as %s',
    (_name, reason, topic, value, options) => {
      const result = read(topic, value, options);
      expect(result).toMatchObject({ ok: false, reason });
      expect((result as { error: string }).error).not.toBe('');
    },
  );
});

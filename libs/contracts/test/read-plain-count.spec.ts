import fc from 'fast-check';
import { readPlainCount } from '../src/events/read-plain-count';
import { viewersCounted } from '../src/events/viewer-events';

const PLAIN = {
  specversion: '1.0',
  type: 'viewers.counted.v1',
  id: 'c-1',
  source: '/encoder/7',
  subject: '6f1c2f5e-8f0a-4c39-9d6f-2f3a51c6f0aa',
  time: '2026-02-28T23:59:59.999Z',
  data: { viewer_count: 41 },
};

const odd = fc.oneof(
  fc.constantFrom(undefined, null, '', 0, -1, true, [], {}),
  fc.string(),
  fc.double(),
  fc.jsonValue(),
);
const oneOf = (...values: unknown[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: odd });
const two = fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(2, '0'));
const time = fc
  .record({
    year: fc.constantFrom('1999', '2000', '2026', '0000', '9999'),
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  })
  .chain(({ year, month, day, hour, minute, second }) =>
    fc
      .tuple(
        fc.constantFrom('T', 'T', 'T', 't', ' ', '_'),
        fc.constantFrom(
          '.000Z',
          '.123Z',
          '.999Z',
          'Z',
          '.1Z',
          '.1234Z',
          '.123456Z',
          '.999999999Z',
          '.123z',
          '+01:00',
          '',
        ),
      )
      .map(([letter, end]) => `${year}-${month}-${day}${letter}${hour}:${minute}:${second}${end}`),
  );
const realTime = fc
  .date({ min: new Date('1999-12-31'), max: new Date('2030-01-01'), noInvalidDate: true })
  .chain((at) => fc.constantFrom('', '1', '606100', '999999').map((more) => at.toISOString().replace('Z', `${more}Z`)));

const anything = fc.record({
  specversion: oneOf('1.0', '1.0', '0.3'),
  type: oneOf(PLAIN.type),
  id: oneOf(
    'a',
    PLAIN.id,
    'with space',
    'x'.repeat(255),
    'x'.repeat(256),
    'caf\u00e9',
    'a\u0000b',
    '\ud800',
    '\u007f',
    'a\n',
  ),
  source: oneOf(PLAIN.source, 'https://x.example/y?z#u', 'x'.repeat(256), 'x'.repeat(1025), '/a\u0000', '/a\n'),
  subject: oneOf(PLAIN.subject, PLAIN.subject.toUpperCase(), `${PLAIN.subject}\n`, PLAIN.subject.replaceAll('-', '')),
  time: fc.oneof(fc.constant(PLAIN.time), realTime, time, odd),
  sequence: oneOf('0', '7', '007', '9'.repeat(64), '9'.repeat(65), '-1', 'abc', 5, 1.5, 2 ** 60, '7\n'),
  traceparent: oneOf('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'x'),
  data: fc.oneof(
    fc.record({ viewer_count: oneOf(0, 1, 41, 100_000_000, 100_000_001, -1, 0.5, NaN, Infinity, -0, '5', 2 ** 53) }),
    fc.record({ viewer_count: fc.nat(), more: odd }),
    odd,
  ),
  more: odd,
});

/** Plain but for a part or two. */
const envelope = fc
  .tuple(anything, fc.subarray(Object.keys(PLAIN).concat('sequence', 'traceparent', 'more'), { maxLength: 2 }))
  .map(([other, names]) => ({
    ...PLAIN,
    ...Object.fromEntries(Object.entries(other).filter(([name]) => names.includes(name))),
  }));

describe('a count read without its schema', () => {
  it('is what the schema gives, whatever is written', () => {
    fc.assert(
      fc.property(envelope, (written) => {
        const read = readPlainCount(written);
        if (read === null) return;
        const { micros, ...event } = read;
        expect(viewersCounted.safeParse(written)).toEqual({ success: true, data: event });
        const [, digits = ''] = written.time.split(/[.Z]/);
        expect(micros).toBe(Number(digits.padEnd(6, '0').slice(3, 6)));
      }),
      { numRuns: 5000 },
    );
  });

  it('is read as nearly all are written', () => {
    const time = Date.parse(PLAIN.time);
    expect(readPlainCount(PLAIN)).toEqual({ ...PLAIN, time, micros: 0 });
    expect(readPlainCount({ ...PLAIN, sequence: '12', more: 1 })).toEqual({
      ...PLAIN,
      time,
      micros: 0,
      sequence: '12',
    });
    for (const [end, micros] of [
      ['1', 100],
      ['606', 606],
      ['606999', 606],
    ] as const) {
      expect(readPlainCount({ ...PLAIN, time: PLAIN.time.replace('Z', `${end}Z`) })).toMatchObject({ time, micros });
    }
  });

  it('leaves what comes in base64 to the others', () => {
    for (const data_base64 of ['e30=', '', null]) expect(readPlainCount({ ...PLAIN, data_base64 })).toBeNull();
  });

  it.each([
    '2026-02-30T00:00:00.000Z',
    '1999-12-31T23:59:59.999Z',
    '2026-02-28T24:00:00.000Z',
    '2026-02-28T23:59:60.000Z',
  ])('leaves the time %s to the schema', (time) => expect(readPlainCount({ ...PLAIN, time })).toBeNull());
});

import fc from 'fast-check';
import { decodeHeaders, encodeHeaders, namedHeaders } from './header-bytes';

describe('the bytes of headers', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('', 'a\u0000b', '\ud800', '__proto__', 'constructor', '7'),
  );
  const value = fc.oneof(fc.uint8Array(), fc.string({ unit: 'binary' }), fc.constant(undefined));
  const headers = fc
    .array(fc.tuple(name, fc.oneof(value, fc.array(value.filter((one) => one !== undefined)))))
    .map((entries) => Object.fromEntries(entries));

  it('can be written of whatever there is, and hold every value in its order', () => {
    fc.assert(
      fc.property(headers, (given) => {
        const expected = Object.entries(given).flatMap(([key, values]) =>
          (Array.isArray(values) ? values : [values]).map((one) => ({
            name: Buffer.from(key),
            value: one === undefined ? null : Buffer.from(one as string),
          })),
        );
        expect(decodeHeaders(encodeHeaders(given))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('are read without an error wherever they end, and whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), headers.map(encodeHeaders)), fc.nat(), (bytes, cut) => {
        expect(Array.isArray(decodeHeaders(Buffer.from(bytes).subarray(0, cut)))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('keep a name that comes again, `__proto__` and thousands of them', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`n${n}`, Buffer.from([n % 256])]));
    const given = { ...many, ce_id: ['a', 'b'], ['__proto__']: 'x' };
    const read = namedHeaders(decodeHeaders(encodeHeaders(given)));
    expect(Object.keys(read)).toHaveLength(5002);
    expect(read['ce_id']).toEqual([Buffer.from('a'), Buffer.from('b')]);
    expect(Object.hasOwn(read, '__proto__')).toBe(true);
  });
});

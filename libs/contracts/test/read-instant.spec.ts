import fc from 'fast-check';
import { instant } from '../src';

const at = (...parts: Parameters<typeof Date.UTC>) => Date.UTC(...parts);
const BEFORE = at(2026, 10, 28, 9, 48, 47);

describe('a time', () => {
  it.each<[string, number]>([
    ['2026-11-28T09:48:47Z', BEFORE],
    ['2026-11-28t09:48:47z', BEFORE],
    ['2026-11-28T09:48:47z', BEFORE],
    ['2026-11-28 09:48:47+00:00', BEFORE],
    ['2026-11-28T09:48:47-00:00', BEFORE],
    ['2026-11-28T11:48:47+02:00', BEFORE],
    ['2026-11-29T09:47:47+23:59', BEFORE],
    ['2026-11-27T09:49:47-23:59', BEFORE],
    ['2026-11-28T09:48:47.1Z', BEFORE + 100],
    ['2026-11-28T09:48:47.999999999Z', BEFORE + 999],
    [`2026-11-28T09:48:47.${'123456789'.repeat(20)}+00:00`, BEFORE + 123],
    ['2016-12-31T23:59:60Z', at(2017, 0, 1)],
    ['2016-12-31T15:59:60.5-08:00', at(2017, 0, 1) + 500],
    ['2026-11-28T09:48:60Z', at(2026, 10, 28, 9, 49)],
    ['2024-02-29T00:00:00Z', at(2024, 1, 29)],
    ['2000-01-01T00:00:00Z', at(2000, 0, 1)],
    ['9999-12-31T23:59:59.999999Z', at(9999, 11, 31, 23, 59, 59, 999)],
  ])('%s is read', (text, ms) => {
    expect(instant.safeParse(text)).toEqual({ success: true, data: ms });
  });

  it.each<unknown[]>([
    ['2026-11-28T09:48:47'],
    ['2026-11-28T09:48Z'],
    ['2026-11-28'],
    ['2026-11-28T09:48:47,5Z'],
    ['2026-11-28T09:48:47.Z'],
    ['2026-11-28T09:48:61Z'],
    ['2026-11-28T09:60:00Z'],
    ['2026-11-28T24:00:00Z'],
    ['2026-02-29T00:00:00Z'],
    ['2026-02-30T00:00:60Z'],
    ['2026-04-31T00:00:00Z'],
    ['2026-00-10T00:00:00Z'],
    ['2026-13-10T00:00:00Z'],
    ['2026-01-00T00:00:00Z'],
    ['2026-11-28T09:48:47+24:00'],
    ['2026-11-28T09:48:47+02:60'],
    ['2026-11-28T09:48:47+0200'],
    ['2026-11-28T09:48:47+02'],
    ['2026-11-28T09:48:47 +02:00'],
    ['2026-11-28_09:48:47Z'],
    ['20261128T094847Z'],
    [' 2026-11-28T09:48:47Z'],
    ['2026-11-28T09:48:47Z\n'],
    ['+002026-11-28T09:48:47Z'],
    ['1999-12-31T23:59:59Z'],
    ['2000-01-01T00:00:00+00:01'],
    ['0000-01-01T00:00:00Z'],
    ['0050-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59-00:01'],
    ['9999-12-31T23:59:60Z'],
    [1764323327],
    [null],
    [''],
  ])('%j is refused', (value) => {
    expect(instant.safeParse(value).success).toBe(false);
  });

  it('is read as Date does, wherever Date reads it', () => {
    const date = fc.date({
      min: new Date('2000-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    });
    const two = (n: number) => String(n).padStart(2, '0');
    const zone = fc
      .tuple(fc.constantFrom('+', '-'), fc.nat(23), fc.nat(59))
      .map(([sign, hours, minutes]) => `${sign}${two(hours)}:${two(minutes)}`);
    fc.assert(
      fc.property(date, fc.oneof(fc.constant('Z'), zone), (day, end) => {
        const text = day.toISOString().replace('Z', end);
        expect(instant.safeParse(text)).toEqual({ success: true, data: Date.parse(text) });
      }),
    );
  });
});

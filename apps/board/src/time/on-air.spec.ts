import { onAir } from './on-air';

const START = '2026-03-01T20:00:00.000Z';

describe('how long a session is on air', () => {
  it.each([
    [0, '0:00'],
    [999, '0:00'],
    [65_000, '1:05'],
    [3_599_999, '59:59'],
    [3_845_000, '1:04:05'],
    [90_061_000, '25:01:01'],
    [-5_000, '0:00'],
  ])('after %d ms is %s', (elapsedMs, shown) => {
    expect(onAir(START, Date.parse(START) + elapsedMs)).toBe(shown);
  });

  it('is not known without a start', () => {
    expect(onAir(null, 0)).toBe('–');
  });
});

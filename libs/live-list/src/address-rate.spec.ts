import { AddressRate } from './address-rate';

/** How many addresses are remembered. */
function remembered(rate: AddressRate): number {
  const { recent, before } = rate as unknown as Record<'recent' | 'before', ReadonlyMap<string, unknown>>;
  return recent.size + before.size;
}

describe('the rate of an address', () => {
  it('is its own: a burst, then so many a second', () => {
    const rate = new AddressRate(10, 2, 0);
    expect([0, 0, 0].map((now) => rate.take('a', now))).toEqual([0, 0, 100]);
    expect(rate.take('b', 0)).toBe(0);
    expect(rate.take('a', 100)).toBe(0);
  });

  it('gives each who is refused a turn of its own: a crowd does not come back at once', () => {
    const rate = new AddressRate(10, 2, 0);
    expect([0, 0, 0, 0, 0, 0].map((now) => rate.take('a', now))).toEqual([0, 0, 100, 200, 300, 400]);
    expect([100, 200, 300, 400].map((now) => rate.take('a', now))).toEqual([0, 0, 0, 0]);
    expect(rate.take('b', 400)).toBe(0);
  });

  it('lets nobody wait for longer than ten seconds, however many are refused', () => {
    const rate = new AddressRate(50, 1, 0);
    rate.take('a', 0);
    const waits = Array.from({ length: 5000 }, () => rate.take('a', 0));
    expect([waits[0], waits[499], waits[4999]]).toEqual([20, 10_000, 10_000]);
    expect(rate.take('a', 5000)).toBe(0);
    expect(rate.take('a', 5000)).toBe(5020);
  });

  it('is remembered until it is whole again, and no longer', () => {
    const rate = new AddressRate(1, 10, 0);
    for (let each = 0; each < 10; each += 1) rate.take('a', 9_999);
    expect(rate.take('a', 10_001)).toBeGreaterThan(0);
    for (let each = 0; each < 1000; each += 1) rate.take(`address ${each}`, 10_001);
    rate.take('b', 30_100);
    expect(remembered(rate)).toBe(1);
    rate.take('a', 41_000);
    expect(remembered(rate)).toBeLessThanOrEqual(2);
  });

  it('takes no harm from a clock that steps back', () => {
    const rate = new AddressRate(1, 1, 100_000);
    expect(rate.take('a', 100_000)).toBe(0);
    expect(rate.take('a', 0)).toBeGreaterThanOrEqual(0);
    expect(rate.take('a', 100_000)).toBeGreaterThanOrEqual(0);
  });
});

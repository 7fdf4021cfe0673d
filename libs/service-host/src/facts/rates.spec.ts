import { Rates } from './rates';
import { RecentTimes } from './recent-times';

describe('rates', () => {
  it('are what counters grew by, each by its own name, per second', () => {
    const rates = new Rates();
    expect(rates.of('a', 100, 0)).toBe(0);
    expect(rates.of('b', 7, 500)).toBe(0);
    expect(rates.of('a', 130, 2000)).toBe(15);
    expect(rates.of('b', 8, 2500)).toBe(0.5);
  });

  it('are none where a counter began anew, or no time has passed', () => {
    const rates = new Rates();
    rates.of('a', 100, 0);
    expect(rates.of('a', 3, 1000)).toBe(0);
    expect(rates.of('a', 9, 1000)).toBe(0);
    expect(rates.of('a', 10, 2000)).toBe(1);
  });
});

describe('recent times', () => {
  it('are those of the last minute, by the 99th of 100', () => {
    const times = new RecentTimes();
    expect(times.look(0)).toEqual({ count: 0, p99Ms: null });
    for (let n = 1; n <= 98; n++) times.add(1, 1000);
    for (let n = 1; n <= 2; n++) times.add(250, 12_000);
    const { count, p99Ms } = times.look(13_000);
    expect(count).toBe(100);
    expect(p99Ms).toBeGreaterThan(200);
    expect(times.look(65_000)).toMatchObject({ count: 2 });
    expect(times.look(200_000)).toEqual({ count: 0, p99Ms: null });
  });

  it('keep no more than a minute, however long a process lives', () => {
    const times = new RecentTimes();
    for (let now = 0; now < 10_000_000; now += 5000) times.add(1, now);
    expect(times.look(10_000_000).count).toBeLessThanOrEqual(12);
  });
});

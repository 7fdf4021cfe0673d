import { afterLook, longestLeaseMs, wasBlind, watermarkOf } from './watermark';

const AT = 1_000_000;
const bound = (partition: number, low: number, high: number) => ({
  topic: 't',
  partition,
  low: String(low),
  high: String(high),
});
const progress = (partition: number, next: number, brokerTime: number | null) => ({
  topic: 't',
  partition,
  nextOffset: String(next),
  brokerTime,
  updatedAt: 0,
});

describe('the ingest watermark', () => {
  it('is the time of asking where everything is read, also what is empty or never held anything for us', () => {
    expect(watermarkOf(AT, [bound(0, 0, 0), bound(1, 7, 7)], [])).toBe(AT);
    expect(watermarkOf(AT, [bound(0, 0, 9)], [progress(0, 9, AT - 500_000)])).toBe(AT);
    expect(watermarkOf(AT, [bound(0, 0, 9)], [progress(0, 12, AT - 500_000)])).toBe(AT);
  });

  it('is the least last time of the partitions that are behind', () => {
    const behind = [progress(0, 9, AT - 1), progress(1, 8, AT - 7000), progress(2, 5, AT - 300)];
    expect(watermarkOf(AT, [bound(0, 0, 9), bound(1, 0, 9), bound(2, 0, 9)], behind)).toBe(AT - 7000);
  });

  it('is not known while a partition with records was not begun', () => {
    expect(watermarkOf(AT, [bound(0, 0, 9), bound(1, 0, 1)], [progress(0, 9, AT)])).toBeNull();
    expect(watermarkOf(AT, [bound(0, 0, 9)], [progress(0, 3, null)])).toBeNull();
  });

  it('compares offsets as numbers of any size', () => {
    expect(watermarkOf(AT, [bound(0, 0, 10)], [progress(0, 9, AT - 1)])).toBe(AT - 1);
    const huge = { ...bound(0, 0, 0), high: '9007199254740993' };
    expect(watermarkOf(AT, [huge], [{ ...progress(0, 0, AT - 5), nextOffset: '9007199254740992' }])).toBe(AT - 5);
  });
});

describe('the watch', () => {
  const watch = { lookedAt: AT, sightedAt: null, watermark: AT - 10 };

  it('was blind when Kafka did not answer for a while, or was never asked', () => {
    expect(wasBlind(watch, AT + 3000)).toBe(false);
    expect(wasBlind(watch, AT + 3001)).toBe(true);
    expect(wasBlind({ ...watch, lookedAt: null }, AT)).toBe(true);
  });

  it('gives everyone a whole lease after it was blind', () => {
    const later = AT + 600_000;
    const sighted = afterLook(watch, later, null, true);
    expect(sighted).toEqual({ lookedAt: later, sightedAt: later, watermark: AT - 10 });
    expect(longestLeaseMs(sighted, later)).toBe(0);
    const next = afterLook(sighted, later + 5000, later + 5000, false);
    expect(next).toEqual({ lookedAt: later + 5000, sightedAt: later, watermark: later + 5000 });
    expect(longestLeaseMs(next, later + 5000)).toBe(5000);
    expect(longestLeaseMs(watch, AT)).toBe(Infinity);
  });
});

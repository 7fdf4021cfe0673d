import { KnownUpTo } from './known-up-to';

const AT = 1_000_000;
const bound = (partition: number, high: number, low = 0) => ({
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

/** Looks one after another, each with its time and the ends of partitions 0, 1, …; gives what is known after the last. */
function upTo(looks: [at: number, ...highs: number[]][], known: ReturnType<typeof progress>[]): number | null {
  const record = new KnownUpTo();
  let bounds = [bound(0, 0)];
  for (const [at, ...highs] of looks) {
    bounds = highs.map((high, partition) => bound(partition, high));
    record.look(at, bounds);
  }
  return record.upTo(bounds, known);
}

describe('what the record knows all about', () => {
  it('goes up to the look at a log that is read to its end, or empty', () => {
    expect(upTo([[AT, 0, 9]], [progress(1, 9, AT - 500_000)])).toBe(AT);
    expect(upTo([[AT, 9]], [progress(0, 12, AT - 500_000)])).toBe(AT);
    const emptied = new KnownUpTo();
    emptied.look(AT, [bound(0, 7, 7)]);
    expect(emptied.upTo([bound(0, 7, 7)], [])).toBe(AT);
  });

  it('goes up to the last look whose end was reached, where more has come since', () => {
    const looks: [number, number][] = [
      [AT, 5],
      [AT + 500, 7],
      [AT + 1000, 7],
      [AT + 1500, 20],
    ];
    expect(upTo(looks, [progress(0, 19, AT + 1490)])).toBe(AT + 1000);
    expect(upTo(looks, [progress(0, 6, AT + 1490)])).toBe(AT);
  });

  it('goes up to the least of all partitions', () => {
    expect(
      upTo(
        [
          [AT, 5, 5],
          [AT + 500, 9, 9],
        ],
        [progress(0, 9, 0), progress(1, 8, 0)],
      ),
    ).toBe(AT);
  });

  it('goes by the broker’s time where a log was behind before the first look', () => {
    expect(upTo([[AT, 9]], [progress(0, 3, AT - 7000)])).toBe(AT - 7000);
  });

  it('does not believe a broker’s time that is yet to come', () => {
    expect(upTo([[AT, 9]], [progress(0, 3, AT + 1)])).toBeNull();
  });

  it('is not known while a partition with records was never read', () => {
    expect(upTo([[AT, 9, 1]], [progress(0, 9, AT)])).toBeNull();
    expect(upTo([[AT, 9]], [progress(0, 3, null)])).toBeNull();
    expect(new KnownUpTo().upTo([], [])).toBeNull();
  });

  it('begins anew with another log of the same name', () => {
    const looks: [number, number][] = [
      [AT, 100],
      [AT + 500, 3],
    ];
    expect(upTo(looks, [progress(0, 100, AT - 5)])).toBe(AT + 500);
    expect(upTo(looks, [progress(0, 1, AT - 5)])).toBe(AT - 5);
  });

  it('is at most what was ever true, whatever the lag, the looks and the broker’s clock', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let run = 0; run < 500; run++) {
      const record = new KnownUpTo();
      const brokerIsAhead = [0, 0, 5000][random(3)] ?? 0;
      const appended: number[] = Array.from({ length: random(5) }, (_, n) => AT - 10_000 + n * 1000);
      let next = random(appended.length + 1);
      for (let at = AT; at < AT + 20_000; at += 500) {
        for (let more = random(4); more > 0; more--) appended.push(at - more);
        next = Math.min(appended.length, next + random(5));
        const bounds = [bound(0, appended.length)];
        record.look(at, bounds);
        const brokerTime = next === 0 ? null : (appended[next - 1] ?? 0) + brokerIsAhead;
        const known = record.upTo(bounds, [progress(0, next, brokerTime)]);
        const firstUnread = appended[next] ?? Infinity;
        if (known !== null && brokerIsAhead === 0) expect(known).toBeLessThanOrEqual(firstUnread);
        if (next === appended.length) expect(known).toBe(at);
      }
    }
  });
});

import { BrokerClock } from './broker-clock';

const AT = 1_000_000;
const TOPIC = 't';
const bounds = (high: number) => [{ topic: TOPIC, partition: 0, low: '0', high: String(high) }];
const progress = (next: number, brokerTime: number | null) => [
  { topic: TOPIC, partition: 0, nextOffset: String(next), brokerTime, updatedAt: 0 },
];

/** Two looks, half a second apart; gives what the second says of the topic. */
function judged(
  first: { high: number; next: number; brokerTime: number | null },
  second: { high: number; next: number; brokerTime: number | null },
): number | undefined {
  const clock = new BrokerClock();
  clock.judge({ at: AT, now: AT + 10 }, bounds(first.high), progress(first.next, first.brokerTime));
  const skews = clock.judge(
    { at: AT + 500, now: AT + 510 },
    bounds(second.high),
    progress(second.next, second.brokerTime),
  );
  return skews.get(TOPIC);
}

describe('a broker’s clock', () => {
  const read = { high: 5, next: 5, brokerTime: AT - 60_000 };

  it('is right when a new record bears a time since the last look', () => {
    expect(judged(read, { high: 6, next: 6, brokerTime: AT + 200 })).toBe(0);
    expect(judged(read, { high: 6, next: 6, brokerTime: AT - 900 })).toBe(0);
  });

  it('is ahead when a record bears a time that is yet to come', () => {
    expect(judged(read, { high: 6, next: 6, brokerTime: AT + 3_600_510 })).toBe(3_600_000);
    expect(judged({ ...read, next: 2 }, { high: 6, next: 4, brokerTime: AT + 5510 })).toBe(5000);
  });

  it('is behind when what was appended since the last look bears an earlier time', () => {
    expect(judged(read, { high: 6, next: 6, brokerTime: AT - 3_600_000 })).toBe(-3_600_000);
  });

  it('is not judged by old records of a log that was behind, nor where nothing came', () => {
    expect(judged({ ...read, next: 2 }, { high: 6, next: 6, brokerTime: AT - 3_600_000 })).toBe(0);
    expect(judged(read, read)).toBeUndefined();
    expect(judged(read, { ...read, high: 7, next: 7 })).toBeUndefined();
    expect(judged({ high: 0, next: 0, brokerTime: null }, { high: 0, next: 0, brokerTime: null })).toBeUndefined();
  });
});

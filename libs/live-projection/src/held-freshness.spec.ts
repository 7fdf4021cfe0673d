import { type Freshness, STALE_AFTER_SECONDS } from '#libs/contracts';
import { HeldFreshness } from './held-freshness';

const STALE_MS = STALE_AFTER_SECONDS * 1000;
const AT = Date.UTC(2026, 10, 29);

describe('how fresh what a reader holds is', () => {
  let told: Freshness[];
  let held: HeldFreshness;
  /** Redis' clock; it may jump. */
  let redis: number;

  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    held = new HeldFreshness((freshness) => told.push(freshness));
    redis = AT;
  });
  afterEach(() => {
    held.stop();
    jest.useRealTimers();
  });

  function passes(ms: number): void {
    redis += ms;
    jest.advanceTimersByTime(ms);
  }
  const sees = (freshAt: number | null, seq = 0, epoch = 1) =>
    held.saw({ epoch, seq, freshAt, now: redis }, performance.now());
  /** The first load, of a projection that is fresh up to then. */
  function loads(freshAt: number | null = redis): void {
    sees(freshAt);
    held.reached({ epoch: 1, seq: 0 });
    held.followed(null);
  }

  it('is not known before the first load, and that is told when the load fails', () => {
    expect(held.now).toEqual({ isStale: true, freshAt: null, why: 'it was never loaded' });
    held.followed('there is no Redis');
    expect(told).toEqual([{ isStale: true, freshAt: null, why: 'there is no Redis' }]);
  });

  it('becomes stale by itself when the time has come, and is told once', () => {
    loads();
    passes(STALE_MS - 1);
    expect(held.now).toEqual({ isStale: false, freshAt: AT, why: null });
    passes(3);
    expect(told.map(({ isStale, freshAt }) => [isStale, freshAt])).toEqual([
      [false, AT],
      [true, AT],
    ]);
    passes(STALE_MS);
    expect(told).toHaveLength(2);
    expect(held.now.why).toContain(new Date(AT).toISOString());
  });

  it('stays fresh for an hour in which nothing happens but that it is said, and nothing is told', () => {
    loads();
    for (let second = 0; second < 3600; second += 1) {
      passes(1000);
      sees(redis - 900);
      held.reached({ epoch: 1, seq: 0 });
    }
    expect(told.map(({ isStale }) => isStale)).toEqual([false]);
    expect(held.now.freshAt).toBe(redis - 900);
  });

  it('is stale with a lag of a minute, and each time that is said moves', () => {
    loads(AT - 60_000);
    for (let second = 0; second < 3; second += 1) {
      passes(1000);
      sees(redis - 60_000);
      held.reached({ epoch: 1, seq: 0 });
    }
    expect(told.map(({ isStale, freshAt }) => [isStale, freshAt])).toEqual(
      [0, 1000, 2000, 3000].map((ms) => [true, AT - 60_000 + ms]),
    );
  });

  it('is stale while nobody says how fresh it is', () => {
    loads(null);
    expect(held.now).toMatchObject({ isStale: true, freshAt: null });
    sees(redis);
    held.reached({ epoch: 1, seq: 0 });
    expect(told.map(({ isStale }) => isStale)).toEqual([true, false]);
  });

  it('counts what a look said only when the position of the look is reached', () => {
    loads();
    passes(4000);
    sees(redis, 7);
    passes(500);
    sees(redis, 9);
    held.reached({ epoch: 1, seq: 6 });
    expect(held.now.freshAt).toBe(AT);
    held.reached({ epoch: 1, seq: 8 });
    expect(held.now.freshAt).toBe(AT + 4000);
    held.reached({ epoch: 2, seq: 0 });
    expect(held.now.freshAt).toBe(AT + 4500);
  });

  it('keeps what is known while the projection cannot be followed, and is fresh at once when it can', () => {
    loads();
    held.followed('Redis is away');
    expect(held.now).toEqual({ isStale: true, freshAt: AT, why: 'Redis is away' });
    held.followed(null);
    expect(told.map(({ isStale }) => isStale)).toEqual([false, true, false]);
  });

  it.each([
    ['ahead', 3_600_000],
    ['back', -3_600_000],
  ])('does not go by a clock of Redis that jumps %s: with a writer it stays fresh, without it grows old', (_, jump) => {
    loads();
    passes(1000);
    redis += jump;
    sees(AT);
    held.reached({ epoch: 1, seq: 0 });
    expect(held.now.isStale).toBe(false);
    passes(1000);
    sees(redis);
    held.reached({ epoch: 1, seq: 0 });
    passes(STALE_MS - 1000);
    expect(held.now.isStale).toBe(false);
    sees(redis - STALE_MS + 1000);
    held.reached({ epoch: 1, seq: 0 });
    passes(1001);
    expect(held.now.isStale).toBe(true);
    expect(told.map(({ isStale }) => isStale)).toEqual([false, true]);
  });

  it('does not believe what lies in the future, but for what clocks of two Redis may differ', () => {
    loads(AT + 3_600_000);
    expect(held.now).toMatchObject({ isStale: true, freshAt: null });
    sees(redis + 500);
    held.reached({ epoch: 1, seq: 0 });
    expect(held.now).toMatchObject({ isStale: false, freshAt: AT + 500 });
  });

  it('takes back what was said where a backup was restored', () => {
    loads();
    sees(null, 0, 2);
    held.reached({ epoch: 2, seq: 0 });
    expect(held.now).toMatchObject({ isStale: true, freshAt: null });
  });
});

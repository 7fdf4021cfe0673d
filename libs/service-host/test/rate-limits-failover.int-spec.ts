import { eventuallyPasses } from '../../../test/given/eventually';
import { type GivenRedis, RedisPair } from '../../../test/given/redis-pair';
import { RateLimits } from '../src';

const NOTICED_WITHIN_MS = 30_000;
// In the middle of a window, so that none ends while the test runs.
const NOW = Math.floor(Date.now() / 60_000) * 60_000 + 1000;

describe('rate limits, when Redis', () => {
  let pair: RedisPair;
  let one: RateLimits;
  let other: RateLimits;

  beforeEach(async () => {
    pair = await RedisPair.start();
    const given = () => new RateLimits({ redisUrl: pair.url, tag: 'limits', perAddress: 1000, perCaller: 1000 });
    [one, other] = [given(), given()];
    await holdTogether('before', pair.a);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all([one, other].map((limits) => limits.close()));
    await pair.close();
  });

  /** One process takes, the other hears of it; the sum stands on the Redis that is named. */
  const holdTogether = (address: string, redis: GivenRedis) =>
    eventuallyPasses(
      'the limits hold for both processes',
      async () => {
        one.take(null, address, Date.now());
        other.take(null, address, Date.now());
        const sums = (await redis.ask.keys(`*${address}`)).map((key) => redis.ask.get(key));
        expect(Math.max(...(await Promise.all(sums)).map(Number))).toBeGreaterThan(3);
        const [mine, theirs] = [one, other].map((limits) => limits.take(null, address, Date.now())?.remaining ?? 0);
        expect(Math.abs((mine ?? 0) - (theirs ?? 1000))).toBeLessThan(900);
      },
      NOTICED_WITHIN_MS,
    );

  it('fails over and the old one becomes a replica: they move to the new master', async () => {
    await pair.failOver();
    await holdTogether('after', pair.b);
  });

  it('fails over and the old one is frozen: they move', async () => {
    await pair.promote();
    pair.freeze(pair.a);
    await holdTogether('after', pair.b);
  });

  it('fails over and the old one answers as if nothing were: they move', async () => {
    await pair.promote();
    await holdTogether('after', pair.b);
  });

  it.each([
    ['is full', 'maxmemory', '1', '0'],
    ['wants replicas that it has not', 'min-replicas-to-write', '3', '0'],
  ])('%s, each process limits on its own, and together again afterwards', async (_what, setting, bad, good) => {
    await pair.a.ask.config('SET', setting, bad);
    const alone = new RateLimits({ redisUrl: pair.url, tag: 'alone', perAddress: 5, perCaller: 5 });
    for (let n = 0; n < 5; n += 1) expect(alone.take(null, 'a', NOW)?.isAllowed).toBe(true);
    expect(alone.take(null, 'a', NOW)?.isAllowed).toBe(false);
    await alone.close();
    expect(await pair.a.ask.keys('*alone*')).toEqual([]);
    await pair.a.ask.config('SET', setting, good);
    await holdTogether('after', pair.a);
    for (const key of await pair.a.ask.keys('*limits*')) expect(await pair.a.ask.pttl(key)).toBeGreaterThan(0);
  });
});

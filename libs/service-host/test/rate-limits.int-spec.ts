import { randomUUID } from 'node:crypto';
import { eventuallyPasses } from '../../../test/given/eventually';
import { RateLimits } from '../src';

const limits = { redisUrl: process.env['REDIS_URL'] ?? '', perAddress: 100, perCaller: 1000 };
// In the middle of a window, so that none ends while the test runs.
const NOW = Math.floor(Date.now() / 60_000) * 60_000 + 1000;

describe('rate limits', () => {
  const made: RateLimits[] = [];
  const given = (options: Partial<ConstructorParameters<typeof RateLimits>[0]>) => {
    const one = new RateLimits({ ...limits, tag: 'none', ...options });
    made.push(one);
    return one;
  };
  afterAll(() => Promise.all(made.map((one) => one.close())));
  beforeAll(() => jest.spyOn(Date, 'now').mockReturnValue(NOW));
  afterAll(() => jest.restoreAllMocks());

  it('hold for all processes together', async () => {
    const tag = randomUUID();
    const [one, other] = [given({ tag }), given({ tag })];
    for (let n = 0; n < 60; n += 1) expect(one.take(null, '10.0.0.1', NOW)?.isAllowed).toBe(true);
    await eventuallyPasses('the other has heard of it', async () => {
      other.take(null, '10.0.0.1', NOW);
      expect(other.take(null, '10.0.0.1', NOW)?.remaining).toBeLessThan(40);
    });
    for (let n = 0; n < 40; n += 1) other.take(null, '10.0.0.1', NOW);
    expect(other.take(null, '10.0.0.1', NOW)?.isAllowed).toBe(false);
    await eventuallyPasses('one has heard of it', async () =>
      expect(one.take(null, '10.0.0.1', NOW)?.isAllowed).toBe(false),
    );
    expect(one.take(null, '10.0.0.2', NOW)?.isAllowed).toBe(true);
    expect(one.take('key', '10.0.0.1', NOW)).toMatchObject({ isAllowed: true, limit: 1000, remaining: 999 });
  });

  it('hold in each process while Redis is away', () => {
    const alone = given({ redisUrl: 'redis://127.0.0.1:1' });
    for (let n = 0; n < 100; n += 1) expect(alone.take(null, 'a', NOW)?.isAllowed).toBe(true);
    expect(alone.take(null, 'a', NOW)?.isAllowed).toBe(false);
  });

  it('count an IPv6 network as one, and nothing where there is no limit', () => {
    const one = given({ redisUrl: 'redis://127.0.0.1:1', perAddress: 2 });
    expect(one.take(null, '2001:db8::1', NOW)?.remaining).toBe(1);
    expect(one.take(null, '2001:db8:0:0:ff::2', NOW)?.remaining).toBe(0);
    expect(one.take(null, '2001:db8:0:1::1', NOW)?.remaining).toBe(1);
    expect(one.take(null, '::ffff:10.0.0.1', NOW)?.remaining).toBe(1);
    expect(given({ perAddress: 0 }).take(null, 'a', NOW)).toBeNull();
  });

  it('keep a tenth for who shows a credential that is not known yet, and give back what was good', () => {
    const one = given({ redisUrl: 'redis://127.0.0.1:1', perAddress: 10 });
    for (let n = 0; n < 20; n += 1) one.takeUnproven('a', NOW).giveBack();
    expect(one.take(null, 'a', NOW)?.remaining).toBe(9);
    for (let n = 0; n < 9; n += 1) expect(one.take(null, 'a', NOW)?.isAllowed).toBe(true);
    expect(one.take(null, 'a', NOW)?.isAllowed).toBe(false);
    const good = one.takeUnproven('a', NOW);
    expect(good.allowance?.isAllowed).toBe(true);
    good.giveBack();
    expect(one.takeUnproven('a', NOW).allowance?.isAllowed).toBe(true);
    expect(one.takeUnproven('a', NOW).allowance?.isAllowed).toBe(false);
    expect(one.takeUnproven('b', NOW).allowance?.isAllowed).toBe(true);
    expect(given({ perAddress: 0 }).takeUnproven('a', NOW).allowance).toBeNull();
  });

  it('count a token apart from a key, whatever its subject', () => {
    const one = given({ redisUrl: 'redis://127.0.0.1:1', perCaller: 2 });
    expect(one.take('0123456789ab', 'a', NOW)?.remaining).toBe(1);
    expect(one.take('token 0123456789ab', 'a', NOW)?.remaining).toBe(1);
    expect(one.take(`token ${'x'.repeat(5000)}`, 'a', NOW)?.remaining).toBe(1);
    expect(one.take(`token ${'x'.repeat(5000)}`, 'a', NOW)?.remaining).toBe(0);
    expect(one.take(`token ${'x'.repeat(4999)}y`, 'a', NOW)?.remaining).toBe(1);
  });
});

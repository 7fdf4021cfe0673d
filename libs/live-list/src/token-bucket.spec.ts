import { TokenBucket } from './token-bucket';

describe('a token bucket', () => {
  it('lets a burst through, then its rate, and tells when to come again', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 0, 100]);
    expect(bucket.take(50)).toBe(50);
    expect(bucket.take(100)).toBe(0);
    expect(bucket.take(100)).toBe(100);
  });

  it('saves up no more than a burst, and takes no harm from a clock that steps back', () => {
    const bucket = new TokenBucket(10, 2, 0);
    const now = 1_000_000;
    expect([now, now, now].map((at) => bucket.take(at))).toEqual([0, 0, 100]);
    expect(bucket.take(0)).toBe(100);
  });
});

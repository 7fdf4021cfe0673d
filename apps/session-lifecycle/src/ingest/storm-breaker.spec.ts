import { StormBreaker } from './storm-breaker';

const given = () => new StormBreaker({ records: 20, share: 0.05, withinMs: 10_000 });

describe('a storm of unreadable records', () => {
  it('is more than the number and more than the share of it', () => {
    expect(given().storm(20, 20, 0)).toBeNull();
    expect(given().storm(21, 21, 0)).toBe('21 of 21 records within 10 s cannot be taken');
    expect(given().storm(25, 500, 0)).toBeNull();
    expect(given().storm(26, 500, 0)).toContain('26 of 500');
  });

  it('adds up what was taken a short time ago, and forgets the rest', () => {
    const breaker = given();
    breaker.note(15, 15, 0);
    expect(breaker.storm(6, 6, 9_999)).toContain('21 of 21');
    expect(breaker.storm(6, 6, 10_000)).toBeNull();
  });

  it('is diluted by good records', () => {
    const breaker = given();
    for (let at = 0; at < 10; at++) breaker.note(0, 500, at);
    expect(breaker.storm(200, 500, 10)).toBeNull();
    expect(breaker.storm(300, 500, 10)).toContain('300 of 5500');
  });
});

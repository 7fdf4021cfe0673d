import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { AnswerBytes } from './answer-bytes';
import { AnswerCache } from './answer-cache';

const NOW = Date.UTC(2026, 2, 1);

function given(answer: object, { at = NOW, seq = 5 } = {}): AnswerBytes {
  const making = { position: { epoch: 1, seq }, madeAt: at, mark: 0, stale: false, isPrivate: false };
  return new AnswerBytes(Buffer.from(JSON.stringify(answer)), making);
}

const list = (viewers: number, duration: number, timestamp: number) => ({
  data: { sessions: [{ title: 'a "duration":5 in it', viewer_count: viewers, duration }] },
  timestamp,
});

describe('the entity tag of an answer', () => {
  const held = given(list(5, 10, 100));

  it('is that of the same bytes only', () => {
    expect(given(list(5, 10, 100)).etag).toBe(held.etag);
    expect(given(list(6, 10, 100)).etag).not.toBe(held.etag);
    expect(given(list(5, 11, 101), { at: NOW + 1000 }).etag).not.toBe(held.etag);
    expect(given(list(5, 10, 100), { seq: 6 }).etag).not.toBe(held.etag);
  });

  it('is good for a while longer where only the clock has moved', () => {
    const later = (seconds: number, viewers = 5) =>
      given(list(viewers, 10 + seconds, 100 + seconds), { at: NOW + seconds * 1000, seq: 9 }).heldBy(
        held.etag,
        NOW + seconds * 1000,
      );
    expect(later(0)).toBe(held.etag);
    expect(later(30)).toBe(held.etag);
    expect(later(31)).toBeUndefined();
    expect(later(5, 6)).toBeUndefined();
  });

  it.each([
    [undefined, false],
    ['', false],
    ['""', false],
    ['"1.5-x-y"', false],
    ['garbage', false],
    ['*', true],
    [held.etag, true],
    [`W/${held.etag}`, true],
    [`"other", ${held.etag}`, true],
  ])('%s is held: %s', (sent, isHeld) => {
    expect(held.heldBy(sent, NOW)).toBe(isHeld ? held.etag : undefined);
  });
});

describe('the encoding of an answer', () => {
  const long = given({ text: 'marquee '.repeat(1000) });

  it.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['br;q=0.1', 'br'],
    ['gzip;q=0', 'identity'],
    ['brotli', 'identity'],
    ['*', 'identity'],
  ])('for %s is %s', (accepted, encoding) => {
    expect(long.encodingFor(accepted)).toBe(encoding);
  });

  it('is not worth it for a short one', () => {
    expect(given({}).encodingFor('br')).toBe('identity');
  });

  it('says the same bytes, and is made once', async () => {
    const [br, gzip] = [await long.bytes('br'), await long.bytes('gzip')];
    expect(brotliDecompressSync(br)).toEqual(long.body);
    expect(gunzipSync(gzip)).toEqual(long.body);
    expect(await long.bytes('br')).toBe(br);
  });
});

describe('kept answers', () => {
  it('are bounded by bytes; the longest unused goes first', () => {
    const answer = given({ text: 'x'.repeat(10_000) });
    const cache = new AnswerCache(50_000);
    for (const key of ['a', 'b', 'c']) cache.put(key, answer);
    cache.get('a');
    cache.put('d', answer);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true, true]);
    for (let n = 0; n < 100; n += 1) cache.put('a', answer);
    expect(cache.bytes).toBeLessThanOrEqual(50_000);
  });
});

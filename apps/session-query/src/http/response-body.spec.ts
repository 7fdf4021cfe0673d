import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { ResponseBody } from './response-body';

const NOW = Date.UTC(2026, 2, 1);

function given(answer: object, { at = NOW, seq = 5 } = {}): ResponseBody {
  const making = { position: { epoch: 1, seq }, madeAt: at, mark: 0, stale: false };
  return new ResponseBody(Buffer.from(JSON.stringify(answer)), making);
}

const list = (viewers: number, duration: number, timestamp: number) => ({
  data: { sessions: [{ title: 'a "duration":5 in it', viewer_count: viewers, duration }] },
  timestamp,
});

describe('the entity tag of an answer', () => {
  const held = given(list(5, 10, 100));

  it('is weak: one stands for all encodings', () => {
    expect(held.etag).toMatch(/^W\/"\d+\.\d+-[\w~]{16}-\w+"$/);
  });

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

  it('is found anew when the clock has moved, and for each who holds another', () => {
    const body = given(list(5, 11, 101), { at: NOW + 1000 });
    const found = [held.etag, '"other"', held.etag].map((sent) => body.heldBy(sent, NOW + 30_000));
    expect(found).toEqual([held.etag, undefined, held.etag]);
    expect(body.heldBy(held.etag, NOW + 31_000)).toBeUndefined();
  });

  it.each([
    [undefined, false],
    ['', false],
    ['""', false],
    ['"1.5-x-y"', false],
    ['garbage', false],
    [held.etag.toLowerCase().slice(0, 3) + held.etag.slice(3), false],
    [held.etag.slice(3, -1), false],
    [`x${held.etag}`, false],
    ['*', true],
    [held.etag, true],
    [held.etag.slice(2), true],
    [`"other", ${held.etag}`, true],
    [`W/"other",${held.etag.slice(2)}`, true],
  ])('%s is held: %s', (sent, isHeld) => {
    expect(held.heldBy(sent, NOW)).toBe(isHeld ? held.etag : undefined);
  });
});

describe('the encoding of an answer', () => {
  const long = given({ text: 'marquee '.repeat(1000) });

  it('is one that the client takes, where the answer is long', () => {
    expect([long.encodingFor('br'), long.encodingFor('gzip'), long.encodingFor('')]).toEqual([
      'br',
      'gzip',
      'identity',
    ]);
    expect(given({}).encodingFor('br')).toBe('identity');
  });

  it('says the same bytes, and is made once', async () => {
    expect([long.bytes('identity'), long.bytes('br')]).toEqual([long.json, undefined]);
    await Promise.all([long.encode('br'), long.encode('br'), long.encode('gzip')]);
    const [br = '', gzip = ''] = [long.bytes('br'), long.bytes('gzip')];
    expect(brotliDecompressSync(br)).toEqual(long.json);
    expect(gunzipSync(gzip)).toEqual(long.json);
    await long.encode('br');
    expect(long.bytes('br')).toBe(br);
  });
});

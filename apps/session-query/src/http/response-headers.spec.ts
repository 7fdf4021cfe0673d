import { readConfig } from '#libs/service-host';
import { queryConfig } from '../config';
import { ResponseBody } from './response-body';
import { ResponseHeaders } from './response-headers';

const MINE = 'https://mine.example.org';
const OURS = 'https://ours.example.org';
const THEIRS = 'https://theirs.example.org';

const making = { position: { epoch: 3, seq: 7 }, madeAt: 0, mark: 1, stale: false };
const given = (stale = false) => new ResponseBody(Buffer.from('{}'), { ...making, stale });

function givenHeaders(env: Record<string, string> = {}): ResponseHeaders {
  const servers = { DATABASE_URL: 'postgres://localhost/db', REDIS_URL: 'redis://localhost' };
  return new ResponseHeaders(readConfig(queryConfig, { ...servers, ...env }));
}

function read(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(lines.flatMap((name, at) => (at % 2 === 0 ? [[name, lines[at + 1] ?? '']] : [])));
}

const public_ = (origin?: string) => ({ origin, isKnown: false });

describe('the headers of an answer', () => {
  it('are made once for each encoding of it', () => {
    const [headers, body] = [givenHeaders(), given()];
    const plain = { bytes: body.json, encoding: 'identity' } as const;
    const small = { bytes: Buffer.from('abc'), encoding: 'br' } as const;
    const lines = headers.lines(body, public_(), plain);
    expect(read(headers.lines(body, public_(), small))).toMatchObject({
      'content-encoding': 'br',
      'content-length': '3',
    });
    expect(headers.lines(body, public_(MINE), plain)).toBe(lines);
    expect(headers.lines(given(), public_(), plain)).not.toBe(lines);
  });

  it('say nothing of a body where none is sent', () => {
    const said = Object.keys(read(givenHeaders().lines(given(), public_())));
    expect(said).toEqual(expect.arrayContaining(['vary', 'cache-control', 'x-live-position']));
    expect(said.filter((name) => name.startsWith('content-') && name !== 'content-security-policy')).toEqual([]);
  });

  it('allow each origin what is its own, whoever asked before', () => {
    const [headers, body] = [givenHeaders({ ALLOWED_ORIGINS: `${MINE},${OURS}` }), given()];
    const allowed = (origin?: string) => read(headers.lines(body, public_(origin)))['access-control-allow-origin'];
    expect([MINE, OURS, THEIRS, undefined, MINE].map(allowed)).toEqual([MINE, OURS, undefined, undefined, MINE]);
  });
});

describe('who may keep an answer', () => {
  const caching = (body: ResponseBody, isKnown: boolean) => {
    const lines = read(givenHeaders().lines(body, { origin: undefined, isKnown }));
    return { own: lines['cache-control'], cdn: lines['cdn-cache-control'] };
  };

  it('is everybody, where it is public: a browser asks each time, a CDN may be late by less than 5 s', () => {
    const { own, cdn = '' } = caching(given(), false);
    expect(own).toBe('public, max-age=0, s-maxage=1');
    const [fresh, revalidating, failing] = [...cdn.matchAll(/=(\d+)/g)].map(([, seconds]) => Number(seconds));
    expect(cdn).toMatch(/^max-age=\d+, stale-while-revalidate=\d+, stale-if-error=\d+$/);
    expect(Number(fresh) + Math.max(Number(revalidating), Number(failing))).toBeLessThan(5);
  });

  it('is nobody for longer, where it may be old itself', () => {
    expect(caching(given(true), false)).toEqual({ own: 'public, max-age=0, s-maxage=1', cdn: undefined });
  });

  it('is the caller alone, whoever showed a key or token', () => {
    expect(caching(given(), true)).toEqual({ own: 'private, no-cache', cdn: undefined });
    expect(caching(given(true), true)).toEqual({ own: 'private, no-cache', cdn: undefined });
  });

  it('is not mixed up by the lines that are kept', () => {
    const [headers, body] = [givenHeaders(), given()];
    const of = (isKnown: boolean) => read(headers.lines(body, { origin: undefined, isKnown }))['cache-control'];
    expect([of(false), of(true), of(false)].map((said) => said?.split(',')[0])).toEqual([
      'public',
      'private',
      'public',
    ]);
  });
});

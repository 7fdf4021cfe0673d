import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type JWK, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { type BearerKeys, bearerVerifier } from './bearer';

const secret = 'a secret of at least thirty-two characters';
const shared = new TextEncoder().encode(secret);
const now = () => Math.floor(Date.now() / 1000);

function signed(claims: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT({ exp: now() + 3600, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(shared);
}

async function refusalOf(token: string, keys: BearerKeys = { secret }) {
  const refused = (await bearerVerifier(keys)(token).then(
    () => ({ code: 'none', details: [{ message: '' }] }),
    (error: unknown) => error,
  )) as { code: string; message: string; details: { message: string }[] };
  return { code: refused.code, why: refused.details[0]?.message ?? '' };
}

describe('the bearer of a token', () => {
  it('has the scopes and sources that it names, as text or as list', async () => {
    const bearer = async (claims: object) => bearerVerifier({ secret })(await signed({ ...claims }));
    expect(await bearer({ sub: 'studio', scope: 'events:write  events:read', sources: ['/a', 5] })).toMatchObject({
      id: 'token studio',
      scopes: new Set(['events:write', 'events:read']),
      sources: ['/a'],
    });
    const both = new Set(['events:write', 'events:read']);
    for (const claims of [
      { scope: ['events:write', 'events:read'] },
      { scp: 'events:write events:read' },
      { scp: ['events:write', 'events:read', 7] },
      { scope: 'events:write', scp: ['events:read'] },
    ]) {
      expect((await bearer(claims)).scopes).toEqual(both);
    }
    for (const scope of [undefined, null, 5, {}, ['']]) expect((await bearer({ scope })).scopes).toEqual(new Set());
    expect(await bearer({})).toMatchObject({ id: 'token', sources: [] });
  });

  it.each([
    ['expired', { exp: now() - 60 }, 'has expired'],
    ['not yet valid', { nbf: now() + 60 }, 'is not valid yet'],
    ['without an end', { exp: undefined }, 'lacks the claim exp'],
    ['of another issuer', { iss: 'other' }, 'is not from the issuer that is expected here'],
    ['without an issuer', { iss: undefined }, 'lacks the claim iss'],
    ['for another audience', { aud: 'other' }, 'is not for this audience'],
    ['with an end that is no number', { exp: 'later' }, 'has a claim exp of the wrong form'],
  ])('is nobody by a token that is %s, and is told why', async (_name, claims, why) => {
    const token = await signed({ iss: 'us', aud: ['marquee', 'others'], ...claims });
    const keys = { secret, issuer: 'us', audience: ['marquee'] };
    const said = await refusalOf(token, keys);
    expect(said).toEqual({ code: 'unauthorized', why });
    expect(JSON.stringify(said)).not.toMatch(/us"|marquee/);
  });

  it('may be five seconds apart from our clock', async () => {
    expect(await refusalOf(await signed({ exp: now() - 2 }))).toMatchObject({ code: 'none' });
    expect(await refusalOf(await signed({ nbf: now() + 2 }))).toMatchObject({ code: 'none' });
  });

  it('needs no end where none is asked for', async () => {
    expect(await bearerVerifier({ secret, requireExp: false })(await signed({ exp: undefined }))).toMatchObject({
      until: null,
    });
  });

  it('is nobody by a token that is forged, unsigned, or none', async () => {
    const [head, body] = (await signed({ scope: 'sessions:private' })).split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    expect((await refusalOf(`${head}.${body}.AAAA`)).why).toBe('has a signature that does not match');
    expect((await refusalOf(none)).why).toBe('is signed by an algorithm that is not accepted here');
    for (const text of ['x', 'a.b.c', '..', `${head}.${body}`, `${head}.${body}.x.y.z`, `{}.${body}.`]) {
      expect((await refusalOf(text)).code).toBe('unauthorized');
    }
    expect((await refusalOf(await signed(), {})).why).toContain('configured');
  });
});

describe('a key set', () => {
  let server: Server;
  let url: string;
  let asked = 0;
  let answer: () => [status: number, body: string] | undefined;

  beforeEach(async () => {
    asked = 0;
    server = createServer((_request, response) => {
      asked += 1;
      const given = answer();
      if (given) response.writeHead(given[0], { 'content-type': 'application/json' }).end(given[1]);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    server.closeAllConnections();
    server.close();
  });

  async function issuer(alg: string, kid?: string) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const jwk: JWK = { ...(await exportJWK(publicKey)), ...(kid !== undefined && { kid }) };
    const token = (claims: Record<string, unknown> = {}) =>
      new SignJWT({ exp: now() + 3600, ...claims })
        .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
        .sign(privateKey);
    return { jwk, token };
  }
  const serve = (...keys: JWK[]) => (answer = () => [200, JSON.stringify({ keys })]);
  const later = (ms: number) => {
    const real = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => real + ms);
  };

  it.each(['RS256', 'PS256', 'RS384', 'ES256', 'ES384', 'EdDSA'])('verifies %s', async (alg) => {
    const one = await issuer(alg, 'one');
    serve(one.jwk);
    expect(await bearerVerifier({ jwksUrl: url })(await one.token({ sub: 'a' }))).toMatchObject({ id: 'token a' });
  });

  it('takes no shared secret, nor its public key for one', async () => {
    const one = await issuer('RS256', 'one');
    serve(one.jwk);
    expect((await refusalOf(await signed(), { jwksUrl: url })).why).toContain('algorithm');
    expect(asked).toBe(0);
  });

  it('is tried key by key by a token that names none', async () => {
    const [one, other, third] = [await issuer('ES256'), await issuer('ES256'), await issuer('ES256')];
    serve(one.jwk, other.jwk);
    const verify = bearerVerifier({ jwksUrl: url });
    expect(await verify(await other.token({ sub: 'b' }))).toMatchObject({ id: 'token b' });
    await expect(verify(await third.token())).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('may hold a key that nobody can use: a token that names none is tried with the others', async () => {
    const one = await issuer('RS256');
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    serve({ ...weak, alg: 'RS256' }, { kty: 'RSA', alg: 'RS256', n: '!', e: 'AQAB' }, one.jwk);
    expect(await bearerVerifier({ jwksUrl: url })(await one.token({ sub: 'one' }))).toMatchObject({ id: 'token one' });
  });

  it.each([undefined, 'default'])('is read again when a key was replaced under the same name (%s)', async (kid) => {
    const [one, next] = [await issuer('RS256', kid), await issuer('RS256', kid)];
    serve(one.jwk);
    const verify = bearerVerifier({ jwksUrl: url });
    await verify(await one.token());
    serve(next.jwk);
    for (let n = 0; n < 20; n += 1) {
      await expect(verify(await next.token({ n }))).rejects.toMatchObject({ code: 'unauthorized' });
    }
    expect(asked).toBe(1);
    later(6000);
    await verify(await next.token());
    expect(asked).toBe(2);
  });

  it('is read again for an unknown key, not for each of them', async () => {
    const [one, next, foreign] = [
      await issuer('ES256', 'one'),
      await issuer('ES256', 'next'),
      await issuer('ES256', 'x'),
    ];
    serve(one.jwk);
    const verify = bearerVerifier({ jwksUrl: url });
    await verify(await one.token());
    for (let n = 0; n < 20; n += 1) {
      await expect(verify(await foreign.token({ n }))).rejects.toMatchObject({ code: 'unauthorized' });
    }
    expect(asked).toBe(1);
    serve(next.jwk);
    later(6000);
    await verify(await next.token());
    expect(asked).toBe(2);
    await expect(verify(await one.token())).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it.each([
    ['fails', () => [500, 'no'] as [number, string]],
    ['answers with no JSON', () => [200, '<html>'] as [number, string]],
    ['answers with no key set', () => [200, '{"keys":{}}'] as [number, string]],
    ['redirects', () => [302, ''] as [number, string]],
    ['hangs', () => undefined],
  ])('that %s makes tokens unavailable, and is not asked for each of them', async (_name, bad) => {
    const one = await issuer('ES256', 'one');
    answer = bad;
    const verify = bearerVerifier({ jwksUrl: url });
    for (let n = 0; n < 20; n += 1) {
      await expect(verify(await one.token({ n }))).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(asked).toBeLessThan(10);
  });

  it('out of reach makes tokens unavailable; those of the keys that it had hold', async () => {
    const [one, next] = [await issuer('ES256', 'one'), await issuer('ES256', 'next')];
    serve(one.jwk);
    const verify = bearerVerifier({ jwksUrl: url });
    await verify(await one.token());
    answer = () => [503, ''];
    later(11 * 60_000);
    expect(await verify(await one.token({ exp: now() + 7200, sub: 'a' }))).toMatchObject({ id: 'token a' });
    await expect(verify(await next.token({ exp: now() + 7200 }))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is asked again once it is back', async () => {
    const one = await issuer('ES256', 'one');
    answer = () => [503, ''];
    const verify = bearerVerifier({ jwksUrl: url });
    await expect(verify(await one.token())).rejects.toMatchObject({ code: 'unavailable' });
    serve(one.jwk);
    const real = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => real + 2000);
    expect(await verify(await one.token({ sub: 'a' }))).toMatchObject({ id: 'token a' });
  });
});

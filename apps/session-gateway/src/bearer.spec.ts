import { SignJWT, generateKeyPair } from 'jose';
import { bearerRights } from './bearer';

const secret = 'a secret of at least thirty-two characters';
const key = new TextEncoder().encode(secret);
const token = (claims: Record<string, unknown>, until = '1h') =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(until).sign(key);

describe('what the bearer of a token may see', () => {
  const rightsOf = bearerRights({ secret });

  it('is everything only by the scope', async () => {
    expect(await rightsOf(await token({ scope: 'chat sessions:private' }))).toMatchObject({ audience: 'private' });
    expect(await rightsOf(await token({ scope: 'sessions:privateer' }))).toMatchObject({ audience: 'public' });
    expect(await rightsOf(await token({}))).toMatchObject({ audience: 'public' });
    expect(await rightsOf(undefined)).toEqual({ audience: 'public', until: null });
  });

  it('ends with the token', async () => {
    const { until } = await rightsOf(await token({}, '60s'));
    expect(Math.abs((until ?? 0) - Date.now() - 60_000)).toBeLessThan(5000);
  });

  it('is nothing by a token that is expired, forged, unsigned, of another kind, or no text', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const foreign = await new SignJWT({}).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    const [head, body] = (await token({ scope: 'sessions:private' })).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    for (const bad of [await token({}, '-1s'), `${head}.${body}.AAAA`, unsigned, foreign, '', 'x', 5, null, {}]) {
      await expect(rightsOf(bad)).rejects.toThrow();
    }
    await expect(bearerRights({})(await token({}))).rejects.toThrow();
  });
});

import { SignJWT } from 'jose';
import { rightsByToken } from './rights';

const secret = 'a secret of at least thirty-two characters';
const key = new TextEncoder().encode(secret);
const token = (claims: Record<string, unknown>, until = '1h') =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(until).sign(key);

describe('what the bearer of a token may see', () => {
  const rightsOf = rightsByToken({ secret });

  it('are hidden counts only by the claim that names them', async () => {
    expect(await rightsOf(await token({ scope: 'chat counts:hidden' }))).toMatchObject({ audience: 'private' });
    for (const scope of ['sessions:private', 'counts:hiddenly', 'counts', undefined]) {
      expect(await rightsOf(await token({ scope }))).toMatchObject({ audience: 'public' });
    }
  });

  it.each([undefined, null, ''])('are what the public may see by %j: nobody is logged in', async (nothing) => {
    expect(await rightsOf(nothing)).toEqual({ audience: 'public', until: null });
    expect(await rightsByToken({})(nothing)).toEqual({ audience: 'public', until: null });
  });

  it('ends with the token', async () => {
    const at = Math.floor(Date.now() / 1000) + 60;
    const signed = await new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(at).sign(key);
    expect(await rightsOf(signed)).toMatchObject({ until: at * 1000 });
  });

  it('is nothing by a token that is expired, forged, or no text', async () => {
    const [head, body] = (await token({ scope: 'counts:hidden' })).split('.');
    for (const bad of [await token({}, '-1m'), `${head}.${body}.AAAA`, ' ', 'x', 5, {}, [], false, 0]) {
      await expect(rightsOf(bad)).rejects.toMatchObject({ code: 'unauthorized' });
    }
    await expect(rightsByToken({})(await token({}))).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

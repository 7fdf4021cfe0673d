import { SignJWT, generateKeyPair } from 'jose';
import { bearerVerifier } from './bearer';
import type { Caller } from './caller';
import { Callers } from './callers';

const secret = 'a secret of at least thirty-two characters';
const NOW = Date.now();
const known: Caller = { id: 'k1', scopes: new Set(['sessions:private']), sources: null, until: null };

function given(findKey: (key: string) => Promise<Caller | undefined>) {
  return new Callers({ findKey, verifyToken: bearerVerifier({ secret }) });
}

async function token(claims: Record<string, unknown>, until = '1h'): Promise<string> {
  const signed = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(until);
  return `Bearer ${await signed.sign(new TextEncoder().encode(secret))}`;
}

describe('who calls', () => {
  it('is the public without a key and without a token', async () => {
    expect(await given(async () => known).of({}, NOW)).toBeNull();
  });

  it('is whose key it is; an unknown key is refused', async () => {
    const callers = given(async (key) => (key === 'right' ? known : undefined));
    expect(await callers.of({ 'x-api-key': 'right' }, NOW)).toBe(known);
    for (const wrong of ['wrong', '', ['right', 'right']]) {
      await expect(callers.of({ 'x-api-key': wrong }, NOW)).rejects.toMatchObject({ code: 'unauthorized' });
    }
  });

  it('believes a key for five seconds, then looks again', async () => {
    let inForce = true;
    const callers = given(async () => (inForce ? known : undefined));
    await callers.of({ 'x-api-key': 'k' }, NOW);
    inForce = false;
    expect(await callers.of({ 'x-api-key': 'k' }, NOW + 4999)).toBe(known);
    await expect(callers.of({ 'x-api-key': 'k' }, NOW + 5000)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('holds on to known keys while none can be looked up, and says so of the others', async () => {
    let away = false;
    const callers = given(() => (away ? Promise.reject(new Error('away')) : Promise.resolve(known)));
    await callers.of({ 'x-api-key': 'k' }, NOW);
    away = true;
    expect(await callers.of({ 'x-api-key': 'k' }, NOW + 60_000)).toBe(known);
    await expect(callers.of({ 'x-api-key': 'other' }, NOW)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is the bearer of a token, with the scopes and sources that it names', async () => {
    const authorization = await token({ sub: 'studio', scope: 'events:write  events:read', sources: ['/a', 5] });
    const caller = await given(async () => undefined).of({ authorization }, NOW);
    expect(caller).toMatchObject({ id: 'token studio', scopes: new Set(['events:write', 'events:read']) });
    expect(caller?.sources).toEqual(['/a']);
    const bare = await given(async () => undefined).of({ authorization: await token({}) }, NOW);
    expect(bare).toMatchObject({ scopes: new Set(), sources: [] });
  });

  it('is nobody by a token that is expired, forged, unsigned or of another kind', async () => {
    const callers = given(async () => known);
    const { privateKey } = await generateKeyPair('RS256');
    const foreign = await new SignJWT({}).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    const [head, body] = (await token({ scope: 'sessions:private' })).split('.');
    const unsigned = `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    for (const authorization of [
      await token({}, '-1s'),
      `${head}.${body}.AAAA`,
      unsigned,
      `Bearer ${foreign}`,
      '',
      'x',
    ]) {
      await expect(callers.of({ authorization }, NOW)).rejects.toMatchObject({ code: 'unauthorized' });
    }
    await expect(bearerVerifier({})((await token({})).slice(7))).rejects.toThrow('not configured');
  });
});

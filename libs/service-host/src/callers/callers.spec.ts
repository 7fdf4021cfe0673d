import { Refusal } from '../refusal';
import { type Caller, isOver } from './caller';
import { Callers, type Verifier } from './callers';
import { type Credential, keyRefused, readCredential } from './credential';
import { keyVerifier } from './key-verifier';

const NOW = Date.now();
const known: Caller = { id: 'k1', scopes: new Set(['sessions:private']), sources: null, until: null };
const nobody: Verifier = () => Promise.reject(keyRefused());
const keyed = (text: string): Credential => ({ kind: 'key', text });

/** Counts its calls. */
function looking(find: (key: string) => Promise<Caller | undefined>) {
  const look = jest.fn(find);
  const key = keyVerifier({ canBeKey: (text) => text !== 'not a key', find: look });
  return { look, callers: new Callers({ key, token: nobody }) };
}

describe('what a request shows', () => {
  it.each([
    [{}, null],
    [{ 'x-api-key': 'k' }, { kind: 'key', text: 'k' }],
    [{ 'x-api-key': 'k, k' }, { kind: 'key', text: 'k' }],
    [{ 'x-api-key': ', k' }, { kind: 'key', text: 'k' }],
    [{ 'x-api-key': ', ' }, null],
    [{ 'x-api-key': 'k,l' }, { kind: 'key', text: 'k,l' }],
    [
      { 'x-api-key': ' k ', authorization: 'Bearer t' },
      { kind: 'key', text: 'k' },
    ],
    [{ 'x-api-key': ['a', 'b'] }, { kind: 'key', text: 'a, b' }],
    [{ authorization: 'Bearer t' }, { kind: 'token', text: 't' }],
    [{ authorization: 'bearer   t' }, { kind: 'token', text: 't' }],
    // What clients send while nobody is logged in.
    [{ 'x-api-key': '' }, null],
    [{ 'x-api-key': ' ' }, null],
    [
      { 'x-api-key': '', authorization: 'Bearer t' },
      { kind: 'token', text: 't' },
    ],
    [{ authorization: '' }, null],
    [{ authorization: 'Bearer' }, null],
    [{ authorization: 'Bearer ' }, null],
  ])('by %j is %j', (headers, credential) => {
    expect(readCredential(headers)).toEqual(credential);
  });

  it.each(['x', 'Basic YTpi', 'Bearer a b', 'Bearera'])(
    'is refused where it is of another kind: %s',
    (authorization) => {
      expect(() => readCredential({ authorization })).toThrow(Refusal);
    },
  );
});

describe('who calls', () => {
  it('is whose key it is; an unknown key is refused', async () => {
    const { callers } = looking(async (key) => (key === 'right' ? known : undefined));
    expect(await callers.of(keyed('right'), NOW)).toBe(known);
    await expect(callers.of(keyed('wrong'), NOW)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('is looked up once for many requests at once, and once in five seconds', async () => {
    const { callers, look } = looking(async (key) => (key === 'right' ? known : undefined));
    const ask = (key: string, now = NOW) => callers.of(keyed(key), now).catch(() => undefined);
    await Promise.all(Array.from({ length: 50 }, () => ask('right')));
    await Promise.all(Array.from({ length: 50 }, () => ask('wrong')));
    await Promise.all([ask('right', NOW + 4999), ask('wrong', NOW + 4999)]);
    expect(look).toHaveBeenCalledTimes(2);
    await Promise.all([ask('right', NOW + 5000), ask('wrong', NOW + 5000)]);
    expect(look).toHaveBeenCalledTimes(4);
  });

  it('is not looked up by a text that can be no key', async () => {
    const { callers, look } = looking(async () => known);
    await expect(callers.of(keyed('not a key'), NOW)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(look).not.toHaveBeenCalled();
  });

  it('believes a key for five seconds, then looks again', async () => {
    let inForce = true;
    const { callers } = looking(async () => (inForce ? known : undefined));
    await callers.of(keyed('k'), NOW);
    inForce = false;
    expect(await callers.of(keyed('k'), NOW + 4999)).toBe(known);
    await expect(callers.of(keyed('k'), NOW + 5000)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(callers.isKnown(keyed('k'), NOW + 5000)).toBe(false);
  });

  it('forgets no known key, however many are guessed', async () => {
    const { callers } = looking(async (key) => (key === 'right' ? known : undefined));
    await callers.of(keyed('right'), NOW);
    for (let n = 0; n < 12_000; n += 1) await callers.of(keyed(`guess ${n}`), NOW).catch(() => undefined);
    expect(callers.isKnown(keyed('right'), NOW)).toBe(true);
    expect(callers.isKnown(keyed('guess 11999'), NOW)).toBe(false);
  });

  it('holds on to known keys for a quarter of an hour while none can be looked up, and says so of the others', async () => {
    let away = false;
    const { callers } = looking(() => (away ? Promise.reject(new Error('away')) : Promise.resolve(known)));
    await callers.of(keyed('k'), NOW);
    away = true;
    expect(await callers.of(keyed('k'), NOW + 60_000)).toBe(known);
    expect(await callers.of(keyed('k'), NOW + 899_999)).toBe(known);
    await expect(callers.of(keyed('k'), NOW + 900_000)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(callers.of(keyed('other'), NOW)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('answers a known key from memory when the look-up hangs, and hears of its end later', async () => {
    let answer: ((caller: Caller | undefined) => void) | undefined;
    const hanging = () => new Promise<Caller | undefined>((resolve) => (answer = resolve));
    let find: () => Promise<Caller | undefined> = async () => known;
    const { callers, look } = looking(() => find());
    await callers.of(keyed('k'), NOW);
    find = hanging;
    for (let n = 0; n < 20; n += 1) expect(await callers.of(keyed('k'), NOW + 10_000 + 100 * n)).toBe(known);
    expect(look).toHaveBeenCalledTimes(2);
    answer?.(undefined);
    await expect(callers.of(keyed('k'), NOW + 12_000)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('tries a dependency that is away once a second, whoever asks', async () => {
    const { callers, look } = looking(() => Promise.reject(new Error('away')));
    for (let n = 0; n < 100; n += 1) await callers.of(keyed(`k ${n}`), NOW).catch(() => undefined);
    expect(look.mock.calls.length).toBeLessThan(10);
  });

  it('is nobody once the token is over, by five seconds of tolerance', async () => {
    const until = NOW + 60_000;
    const token: Verifier = async () => {
      if (isOver(until, now)) throw keyRefused();
      return { ...known, until };
    };
    let now = NOW;
    const callers = new Callers({ key: nobody, token });
    const ask = () => callers.of({ kind: 'token', text: 't' }, now);
    await ask();
    now = until + 4999;
    expect(await ask()).toMatchObject({ until });
    now = until + 5000;
    await expect(ask()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('is not the same by a key and by a token of the same text', async () => {
    const callers = new Callers({ key: async () => known, token: nobody });
    await callers.of(keyed('same'), NOW);
    await expect(callers.of({ kind: 'token', text: 'same' }, NOW)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

import { randomUUID } from 'node:crypto';
import { ApiKeys, createDataSource } from '#libs/session-store';
import { SignJWT } from 'jose';
import type { DataSource } from 'typeorm';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

const JWT_SECRET = 'a secret of at least thirty-two characters';

describe('callers', () => {
  let platform: GivenPlatform;
  let source: DataSource;
  let keys: ApiKeys;
  const started: GivenQuery[] = [];

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    source = await createDataSource({ url: platform.databaseUrl, name: 'keys', poolSize: 1 }).initialize();
    keys = new ApiKeys(source);
    const [host, room] = [randomUUID(), randomUUID()];
    await platform.directory(
      event('host.changed.v1', host, { username: 'mara', email: 'mara@example.com' }),
      event('room.changed.v1', room, { host_id: host, title: 'The Patch Bay' }),
    );
    await platform.sessions(event('session.started.v1', randomUUID(), { title: 'On air', room_id: room }));
  });

  afterAll(async () => {
    await Promise.all(started.map((query) => query.close()));
    await source?.destroy();
    await platform?.close();
  });

  async function given(env: Record<string, string> = {}): Promise<GivenQuery> {
    const query = await GivenQuery.on(platform, env);
    started.push(query);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
    return query;
  }

  const list = '/sessions?limit=1';
  const bearer = async (claims: Record<string, unknown>, until = '1h') => {
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(until);
    return { headers: { authorization: `Bearer ${await token.sign(new TextEncoder().encode(JWT_SECRET))}` } };
  };

  it('see private fields by a key with that scope, until it is revoked', async () => {
    const query = await given();
    const { id, text } = await keys.create({ name: 'app', scopes: ['sessions:private'], sources: null });
    const other = await keys.create({ name: 'studio', scopes: ['events:write'], sources: null });
    const ask = (key: string) => query.ask(list, { headers: { 'x-api-key': key } });
    expect((await ask(text)).text).toContain('mara@example.com');
    expect((await ask(other.text)).text).toContain('m•••@example.com');
    expect((await ask(`${text}x`)).body).toMatchObject({ code: 'unauthorized' });
    await keys.revoke(id);
    await eventually(async () => expect((await ask(text)).status).toBe(401));
  });

  it('see private fields by a token with that scope, and are refused with a bad one', async () => {
    const query = await given({ JWT_SECRET });
    expect((await query.ask(list, await bearer({ scope: 'sessions:private' }))).text).toContain('mara@example.com');
    expect((await query.ask(list, await bearer({ scope: 'chat' }))).text).toContain('m•••@example.com');
    expect((await query.ask(list, await bearer({}, '-1s'))).status).toBe(401);
    expect((await (await given()).ask(list, await bearer({}))).status).toBe(401);
  });

  it('are counted: beyond the limit they are told when to come again', async () => {
    const query = await given({ REQUESTS_PER_MINUTE: '20', TRUSTED_PROXIES: '1' });
    const { text } = await keys.create({ name: 'app', scopes: [], sources: null });
    const from = (address: string, more: Record<string, string> = {}) =>
      query.ask(list, { headers: { 'x-forwarded-for': `6.6.6.6, ${address}`, ...more } });
    const first = await from('10.0.0.1');
    expect(first.headers.get('ratelimit-limit')).toBe('20');
    const etag = first.headers.get('etag') ?? '';
    // Enough for a minute to end on the way.
    await eventually(async () => {
      const refused = await from('10.0.0.1');
      expect(refused.status).toBe(429);
      expect(refused.body).toMatchObject({ success: false, code: 'rate_limited' });
      expect(refused.headers.get('ratelimit-remaining')).toBe('0');
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    });
    expect((await from('10.0.0.2')).status).toBe(200);
    expect((await from('10.0.0.1', { 'x-api-key': text })).headers.get('ratelimit-limit')).toBe('60000');
    for (let n = 0; n < 40; n += 1) {
      expect((await from('10.0.0.3', { 'if-none-match': etag })).status).toBe(304);
    }
    for (let n = 0; n < 20; n += 1) await from('10.0.0.4', { 'x-api-key': 'guess' });
    await eventually(async () => expect((await from('10.0.0.4', { 'x-api-key': 'guess' })).status).toBe(429));
  });

  it('are pages of allowed origins, where some are named', async () => {
    const query = await given({ ALLOWED_ORIGINS: 'https://a.example' });
    const from = (origin: string, method = 'GET') => query.ask(list, { method, headers: { origin } });
    for (let n = 0; n < 3; n += 1) {
      const allowed = await from('https://a.example');
      expect(allowed.headers.get('access-control-allow-origin')).toBe('https://a.example');
      expect(allowed.headers.get('access-control-expose-headers')).toContain('ETag');
      expect(allowed.headers.get('vary')).toContain('Origin');
      expect((await from('https://b.example')).headers.get('access-control-allow-origin')).toBeNull();
    }
    const preflight = await from('https://a.example', 'OPTIONS');
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('X-API-Key');
    expect((await from('https://b.example', 'OPTIONS')).headers.get('access-control-allow-methods')).toBeNull();
    expect(
      (await query.ask('/sessions?limit=0', { headers: { origin: 'https://a.example' } })).headers.get(
        'access-control-allow-origin',
      ),
    ).toBe('https://a.example');
  });
});

import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiKeys, createDataSource } from '#libs/session-store';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { DataSource } from 'typeorm';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

const JWT_SECRET = 'a secret of at least thirty-two characters';

describe('callers', () => {
  let platform: GivenPlatform;
  let source: DataSource;
  let keys: ApiKeys;
  const started: GivenQuery[] = [];
  const ways: FaultProxy[] = [];
  const servers: Server[] = [];

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
    await Promise.all(ways.map((way) => way.close()));
    for (const server of servers) server.close();
    await source?.destroy();
    await platform?.close();
  });

  async function given(env: Record<string, string> = {}): Promise<GivenQuery> {
    const query = await GivenQuery.on(platform, env);
    started.push(query);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
    return query;
  }

  afterEach(() => jest.restoreAllMocks());

  async function wayToPostgres(): Promise<FaultProxy> {
    const { hostname, port } = new URL(platform.databaseUrl);
    const way = await FaultProxy.listen({ host: hostname, port: Number(port) });
    ways.push(way);
    return way;
  }

  const madeUp = () => `mq_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`;
  /** Later than anything is believed without another look. */
  const beliefIsOver = () => {
    const real = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => real() + 6000);
  };

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
    expect((await query.ask(list, await bearer({}, '-1m'))).status).toBe(401);
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
    // It says of no answer that it is held.
    await eventually(async () => expect((await from('10.0.0.5', { 'if-none-match': ' * ' })).status).toBe(429));
    // Another question each time, of which the answer is empty: it is the same state, but not the same work.
    const none = (await query.ask('/sessions?q=nobody', { headers: {} })).headers.get('etag') ?? '';
    let asked = 0;
    await eventually(async () => {
      const headers = { 'x-forwarded-for': '6.6.6.6, 10.0.0.6', 'if-none-match': none };
      expect((await query.ask(`/sessions?q=nobody${(asked += 1)}`, { headers })).status).toBe(429);
    });
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

  it('cost no look-up in Postgres beyond what their address may, and one only for many at once', async () => {
    const way = await wayToPostgres();
    let looks = 0;
    const count = (chunk: Buffer) => {
      looks += chunk.toString('latin1').split('FROM api_keys').length - 1;
      return false;
    };
    void way.trap({ on: count, fault: 'cut', forward: true });
    const env = { DATABASE_URL: way.through(platform.databaseUrl), REQUESTS_PER_MINUTE: '20', TRUSTED_PROXIES: '1' };
    const query = await given(env);
    const { text } = await keys.create({ name: 'app', scopes: ['sessions:private'], sources: null });
    const ask = (key: string, address = '10.1.0.1') =>
      query.ask('/sessions/live?limit=1', { headers: { 'x-forwarded-for': address, 'x-api-key': key } });
    // In the middle of a minute, so that none ends on the way.
    const minute = Math.floor(Date.now() / 60_000) * 60_000 + 60_000;
    jest.spyOn(Date, 'now').mockReturnValue(minute + 1000);

    expect((await ask(text)).text).toContain('mara@example.com');
    expect(looks).toBe(1);
    const statuses = await Promise.all(Array.from({ length: 400 }, async () => (await ask(madeUp())).status));
    expect(statuses.filter((status) => status === 401)).toHaveLength(looks - 1);
    expect(statuses.filter((status) => status === 429)).toHaveLength(400 - looks + 1);
    // A tenth more is kept for who has a key that is not known here yet.
    expect(looks).toBe(1 + 22);
    expect(await ask(text)).toMatchObject({ status: 200 });
    expect(looks).toBe(23);

    for (let n = 0; n < 50; n += 1) await ask(`no key at all ${n}`, '10.1.0.2');
    expect(looks).toBe(23);
    const other = await keys.create({ name: 'other', scopes: [], sources: null });
    await Promise.all(Array.from({ length: 50 }, () => ask(other.text, '10.1.0.3')));
    expect(looks).toBe(24);
  });

  it.each(['hole', 'refuse'] as const)(
    'hold while Postgres is away (%s), and are revoked once it is back',
    async (fault) => {
      const way = await wayToPostgres();
      const query = await given({ DATABASE_URL: way.through(platform.databaseUrl) });
      const { id, text } = await keys.create({ name: 'app', scopes: ['sessions:private'], sources: null });
      const ask = (key: string) => query.ask('/sessions/live?limit=1', { headers: { 'x-api-key': key } });
      expect((await ask(text)).text).toContain('mara@example.com');
      way[fault]();
      beliefIsOver();
      for (let n = 0; n < 10; n += 1) {
        const held = await ask(text);
        expect(held.status).toBe(200);
        expect(held.text).toContain('mara@example.com');
      }
      expect((await ask(madeUp())).body).toMatchObject({ code: 'unavailable' });
      await keys.revoke(id);
      way.mend();
      await eventually(async () => expect((await ask(text)).status).toBe(401), 60_000);
    },
  );

  it('are told what is wrong with their token, and that a key set out of reach is not their fault', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keySet = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] });
    let status = 500;
    const server = createServer((_request, response) => response.writeHead(status).end(keySet)).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const query = await given({
      JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      JWT_ISSUER: 'us',
      JWT_AUDIENCE: 'marquee',
    });
    const ask = async (claims: object) => {
      const all = { iss: 'us', aud: 'marquee', scope: ['sessions:private'], ...claims };
      const token = new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: 'one' }).setExpirationTime('1h');
      return query.ask(list, { headers: { authorization: `Bearer ${await token.sign(privateKey)}` } });
    };
    const away = await ask({});
    expect(away.status).toBe(503);
    expect(away.body.code).toBe('unavailable');
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThan(0);
    status = 200;
    await eventually(async () => expect((await ask({})).text).toContain('mara@example.com'));
    expect(await ask({ aud: 'others' })).toMatchObject({
      status: 401,
      body: { details: [{ parameter: 'Authorization', message: 'is not for this audience' }] },
    });
    expect((await ask({ iss: 'them' })).body.details?.[0]?.message).toMatch(/issuer/);
    expect((await ask({ nbf: 4_000_000_000 })).body.details?.[0]?.message).toMatch(/not valid yet/);
  });

  it('are the public where they send a header without a value', async () => {
    const query = await given({ JWT_SECRET });
    for (const headers of [{ 'x-api-key': '' }, { authorization: '' }, { authorization: 'Bearer ' }]) {
      expect((await query.ask(list, { headers })).text).toContain('m•••@example.com');
    }
    expect((await query.ask(list, { headers: { authorization: 'Basic YTpi' } })).status).toBe(401);
  });
});

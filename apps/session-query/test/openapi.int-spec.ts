import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { DocumentedApi, ask, askWithLargeHeaders, askWithoutEnd } from '../../../test/given/documented-api';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenProxy } from './given-proxy';
import { API_KEY, GivenQuery } from './given-query';

const JWT_SECRET = 'a secret of at least thirty-two characters';

describe('the OpenAPI document and real answers', () => {
  const api = new DocumentedApi();
  const [session, room] = [randomUUID(), randomUUID()];
  const started: GivenQuery[] = [];
  const proxies: GivenProxy[] = [];
  let platform: GivenPlatform;
  let query: GivenQuery;

  /** Each operation with a path of it, and another that is as good but was not asked before. */
  const operations: [id: string, path: string, fresh: string][] = [
    ['listSessions', '/sessions', '/sessions?limit=9'],
    ['listLiveSessions', '/sessions/live', '/sessions/live?limit=9'],
    ['getStats', '/sessions/stats', '/sessions/stats'],
    ['streamSessions', '/sessions/stream', '/sessions/stream?limit=9'],
    ['getSession', `/sessions/${session}`, `/sessions/${session}`],
    ['getViewers', `/sessions/${session}/viewers`, `/sessions/${session}/viewers?step=60`],
    ['listEvents', `/sessions/${session}/events`, `/sessions/${session}/events?limit=9`],
    ['listRoomSessions', `/rooms/${room}/sessions`, `/rooms/${room}/sessions?limit=9`],
    ['getEventPlace', '/events/marquee.sessions/0/0', '/events/marquee.sessions/0/1'],
  ];
  const withKey = { 'x-api-key': API_KEY };
  const keyFor = (id: string) => (id === 'listEvents' || id === 'getEventPlace' ? withKey : {});

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    const [host, preset] = [randomUUID(), randomUUID()];
    await platform.directory(
      event('host.changed.v1', host, { username: 'mara', email: 'mara@example.com', role: 'host' }),
      event('room.changed.v1', room, { host_id: host, title: 'The Patch Bay' }),
      event('preset.changed.v1', preset, { name: 'Concert', type: 'whip', chat_enabled: true }),
    );
    const about = { room_id: room, preset_id: preset, mode: 'webcam' };
    await platform.sessions(
      event('session.started.v1', session, { title: 'On air', ...about }),
      event('session.scheduled.v1', randomUUID(), { title: 'Tomorrow', ...about }),
    );
    await platform.viewers(event('viewers.counted.v1', session, { viewer_count: 41 }));
    await platform.sql(`INSERT INTO ingest_progress (topic, partition, next_offset) VALUES ('marquee.sessions', 0, 9)`);
    query = await given({ JWT_SECRET });
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
  });

  afterAll(async () => {
    await Promise.all(started.map((one) => one.close()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await platform?.close();
  });

  async function given(env: Record<string, string>, options: { requestLimitMs?: number } = {}): Promise<GivenQuery> {
    const one = await GivenQuery.on(platform, env, options);
    started.push(one);
    return one;
  }

  /** What passes by itself a stream says in a `bye`; only for a HEAD it is the status. */
  const methodFor = (id: string) => (id === 'streamSessions' ? 'HEAD' : 'GET');

  /** Asks, expects the status, and expects of the answer what is documented. */
  async function expectOf(id: string, status: number, path: string, init: RequestInit = {}, of = query) {
    const answer = await ask(`${of.url}${path}`, init);
    expect({ id, path, status: answer.status }).toEqual({ id, path, status });
    api.expect(id, answer);
    return answer;
  }

  it.each(operations)('agree on answers of %s, and that nothing has changed', async (id, path) => {
    const { headers } = await expectOf(id, 200, path, { headers: keyFor(id) });
    await expectOf(id, 200, path, { headers: withKey });
    const etag = headers.get('etag');
    if (id === 'streamSessions') return;
    await expectOf(id, 304, path, { headers: { ...keyFor(id), 'if-none-match': etag ?? 'none' } });
  });

  it.each(operations)('agree on what %s refuses', async (id, path) => {
    await expectOf(id, 400, `${path}?colour=red`, { headers: keyFor(id) });
    await expectOf(id, 401, path, { headers: { 'x-api-key': 'unknown' } });
    await expectOf(id, 414, `${path}?q=${'a'.repeat(13_000)}`);
    // A method that no operation has is in the introduction alone.
    const { status, headers } = await ask(`${query.url}${path}`, { method: 'POST' });
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'GET, HEAD' });
    api.expect(id, await askWithLargeHeaders(`${query.url}${path}`));
  });

  it('agree on what is not there, and on who may not ask', async () => {
    for (const part of ['', '/viewers', '/events']) {
      const id = { '': 'getSession', '/viewers': 'getViewers', '/events': 'listEvents' }[part] ?? '';
      await expectOf(id, 404, `/sessions/${randomUUID()}${part}`, { headers: withKey });
    }
    const token = new SignJWT({ scope: 'chat' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h');
    const authorization = `Bearer ${await token.sign(new TextEncoder().encode(JWT_SECRET))}`;
    await expectOf('listEvents', 403, `/sessions/${session}/events`, { headers: { authorization } });
    await expectOf('getEventPlace', 403, '/events/marquee.sessions/0/0', { headers: { authorization } });
    await expectOf('getEventPlace', 404, '/events/marquee.dreams/0/0', { headers: withKey });
    const organization = `organization_id=${randomUUID()}`;
    await expectOf('listSessions', 403, `/sessions?${organization}`);
    await expectOf('listLiveSessions', 403, `/sessions/live?${organization}`);
    await expectOf('listRoomSessions', 403, `/rooms/${room}/sessions?${organization}`);
  });

  it.each(operations)('agree on %s beyond the limit', async (id, path) => {
    const limited = await given({ REQUESTS_PER_MINUTE: '1', REDIS_HASH_TAG: `${platform.name}-${id}` });
    await ask(`${limited.url}${path}`);
    // Enough for a minute to end on the way.
    await eventually(() => expectOf(id, 429, path, { method: methodFor(id) }, limited));
  });

  it('agree on requests that do not arrive', async () => {
    const impatient = await given({}, { requestLimitMs: 100 });
    for (const [id, path] of operations) api.expect(id, await askWithoutEnd(`${impatient.url}${path}`));
  });

  it('agree on what is said while dependencies are away', async () => {
    const [toRedis, toPostgres] = [await GivenProxy.to(platform.redisUrl), await GivenProxy.to(platform.databaseUrl)];
    proxies.push(toRedis, toPostgres);
    toRedis.cut();
    toPostgres.cut();
    const alone = await given({
      REDIS_URL: toRedis.through(platform.redisUrl),
      DATABASE_URL: toPostgres.through(platform.databaseUrl),
    });
    for (const [id, path] of operations) {
      // A stream says it in a `bye`.
      if (id === 'streamSessions') continue;
      await expectOf(id, 503, path, { headers: keyFor(id) }, alone);
    }
  });

  it('agree on failures of ours', async () => {
    const failing = await given({});
    await eventually(async () => expect((await failing.ask('/health/ready')).status).toBe(200));
    for (const table of ['sessions', 'session_log', 'viewer_buckets']) {
      await platform.sql(`ALTER TABLE ${table} RENAME TO ${table}_gone`);
    }
    for (const [id, , path] of operations) {
      if (id === 'listLiveSessions' || id === 'streamSessions') continue;
      const { text } = await expectOf(id, 500, path, { headers: keyFor(id) }, failing);
      expect(text).not.toMatch(/_gone|relation|sessions|node_modules/);
    }
  });

  it('leave nothing out that could be seen', () => {
    // What is answered from memory does not fail by what a test could do to it; a walk lasts longer than this test.
    expect(api.unseen(...operations.map(([id]) => id))).toEqual([
      'listSessions 410',
      'listLiveSessions 410',
      'listLiveSessions 500',
      'streamSessions 500',
      'streamSessions 503',
      'listRoomSessions 410',
    ]);
    expect([...operations.map(([id]) => id), 'sendEvents'].sort()).toEqual(api.operationIds().sort());
  });
});

import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { API_KEY, GivenQuery } from './given-query';
import { metricsOf } from '../../../test/given/operations';

describe('answers as bytes', () => {
  let platform: GivenPlatform;
  let query: GivenQuery;
  const room = randomUUID();
  const ids = Array.from({ length: 30 }, () => randomUUID());

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    const host = randomUUID();
    await platform.directory(
      event('host.changed.v1', host, { username: 'mara', email: 'mara@example.com' }),
      event('room.changed.v1', room, { host_id: host, title: 'The Patch Bay' }),
    );
    await platform.sessions(...ids.map((id, n) => event('session.started.v1', id, { title: `Session ${n}` })));
    await platform.sessions(event('session.updated.v1', ids[0] ?? '', { title: 'In the room' }));
    await platform.sessions(event('session.started.v1', randomUUID(), { title: 'Here', room_id: room }));
    query = await GivenQuery.on(platform);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
  });

  afterAll(async () => {
    await query?.close();
    await platform?.close();
  });

  interface Raw {
    status: number | undefined;
    headers: IncomingHttpHeaders;
    body: Buffer;
  }

  /** As it is on the wire: nothing decoded, no header added. */
  function raw(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> {
    return new Promise((resolve, reject) => {
      const sent = request(`${query.url}${path}`, { method, headers, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) });
        });
      });
      sent.on('error', reject).end();
    });
  }

  const paths = [
    '/sessions?limit=30',
    '/sessions/live?limit=30',
    `/sessions/${ids[0]}`,
    '/sessions/stats',
    `/rooms/${room}/sessions`,
  ];

  it.each(paths)('of %s are the same with and without the framework, in every encoding', async (path) => {
    // A key makes it unusual: that goes through the framework. The second plain one does not.
    const variants = [
      await raw(path),
      await raw(path),
      await raw(path, { 'accept-encoding': 'br' }),
      await raw(path, { 'accept-encoding': 'gzip' }),
      await raw(path, { 'if-none-match': '"another"' }),
    ];
    for (const { status, headers, body } of variants) {
      const encoding = headers['content-encoding'];
      const plain = encoding === 'br' ? brotliDecompressSync(body) : encoding === 'gzip' ? gunzipSync(body) : body;
      expect(status).toBe(200);
      expect(JSON.parse(plain.toString())).toMatchObject({ success: true });
      expect(headers['content-length']).toBe(String(body.length));
      expect(headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'public, max-age=0, s-maxage=1',
        'cdn-cache-control': 'max-age=1, stale-while-revalidate=3, stale-if-error=3',
        vary: 'Accept-Encoding, X-API-Key, Authorization',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'access-control-allow-origin': '*',
        'ratelimit-limit': '6000',
        etag: expect.stringMatching(/^W\/"\d+\.\d+-[\w~]{16}-\w+"$/) as unknown,
        'x-live-position': expect.stringMatching(/^\d+\.\d+$/) as unknown,
      });
    }
    const [first, ...others] = variants.map(({ headers }) =>
      Object.keys(headers)
        .filter((name) => name !== 'content-encoding')
        .sort(),
    );
    for (const names of others) expect(names).toEqual(first);
  });

  it.each(paths)('of %s are not sent again to who holds them', async (path) => {
    const { headers } = await raw(path);
    const etag = String(headers.etag);
    for (const sent of [etag, etag.slice('W/'.length), `"x", ${etag}`, '*']) {
      const again = await raw(path, { 'if-none-match': sent });
      expect(again.status).toBe(304);
      expect(again.body).toHaveLength(0);
      expect(again.headers.etag).toBeDefined();
      for (const name of ['cache-control', 'cdn-cache-control', 'vary', 'x-live-position', 'ratelimit-limit']) {
        expect(Object.keys(again.headers)).toContain(name);
      }
    }
    // Through the framework as well, by the one way.
    const keyed = { 'x-api-key': API_KEY };
    const held = String((await raw(path, keyed)).headers.etag);
    const again = await raw(path, { ...keyed, 'if-none-match': held });
    expect({ status: again.status, caching: again.headers['cache-control'] }).toEqual({
      status: 304,
      caching: 'private, no-cache',
    });
  });

  it('are sent again once something has changed, at once if sessions came or went', async () => {
    for (const path of ['/sessions?limit=5', '/sessions/live?limit=5', '/sessions/stats']) {
      const etag = String((await raw(path)).headers.etag);
      await platform.sessions(event('session.started.v1', randomUUID(), { title: 'New' }));
      expect((await raw(path, { 'if-none-match': etag })).status).toBe(200);
    }
  });

  it.each(paths)('of %s have no body for a HEAD', async (path) => {
    const got = await raw(path, {});
    const head = await raw(path, {}, 'HEAD');
    expect(head).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(Object.keys(head.headers).sort()).toEqual(Object.keys(got.headers).sort());
  });

  it('for all that ask at the same moment leave together, to each what it asked for', async () => {
    const path = paths[0] ?? '';
    const { headers } = await raw(path);
    await raw(path);
    const lines = (method: string, more = '') => `${method} ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
    const asked = [
      lines('GET'),
      lines('HEAD'),
      lines('GET', `If-None-Match: ${headers.etag}\r\n`),
      lines('GET', 'Accept-Encoding: gzip\r\n'),
      lines('GET', 'X-API-Key: guess\r\n'),
      lines('GET', 'Connection: close\r\n'),
    ];
    const { hostname: host, port } = new URL(query.url);
    // One that does not wait for its answer takes nobody else's with it.
    const leaving = connect({ host, port: Number(port) }, () => leaving.end(lines('GET'), () => leaving.destroy()));
    const socket = connect({ host, port: Number(port) }, () => socket.write(asked.join('')));
    const answers = (await buffer(socket)).toString('latin1').split(/(?=HTTP\/1\.1 \d)/);
    expect(answers.map((text) => text.slice(9, 12))).toEqual(['200', '200', '304', '200', '401', '200']);
    const bodies = answers.map((text) => text.slice(text.indexOf('\r\n\r\n') + 4));
    expect(bodies.map((body) => body.startsWith('{"success":true'))).toEqual([true, false, false, false, false, true]);
    expect([bodies[1], bodies[2]]).toEqual(['', '']);
    expect(gunzipSync(Buffer.from(bodies[3] ?? '', 'latin1')).toString()).toContain('"success":true');
  });

  it('for a key are kept apart from the public’s', async () => {
    const path = `/rooms/${room}/sessions`;
    for (let n = 0; n < 3; n += 1) {
      expect((await raw(path)).body.toString()).not.toContain('mara@example.com');
      const keyed = await raw(path, { 'x-api-key': API_KEY });
      expect(keyed.body.toString()).toContain('mara@example.com');
      expect(keyed.headers['cache-control']).toBe('private, no-cache');
      expect(keyed.headers['cdn-cache-control']).toBeUndefined();
      expect((await raw(path, { 'x-api-key': 'guess' })).status).toBe(401);
    }
  });

  it('are made once for all that ask at the same time, whatever the order of their parameters', async () => {
    const made = async () => {
      const text = await metricsOf(query.app);
      return Number(/marquee_query_answers_total\{from="record"\} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const before = await made();
    const begunAt = Date.now();
    const variants = [
      '/sessions?limit=3&mode=webcam',
      '/sessions?mode=webcam&limit=3',
      '/sessions?limit=3&mode=webcam&page=1',
    ];
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => raw(variants[n % 3] ?? '')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    // One for who came first and one for all who came while it was made; an answer is kept for a second.
    const seconds = Math.floor((Date.now() - begunAt) / 1000);
    expect((await made()) - before).toBeLessThanOrEqual(2 + seconds);
  });

  it('name the sessions of a room, with the list’s parameters', async () => {
    const path = `/rooms/${room}/sessions`;
    expect((await query.ask(path)).body.data).toMatchObject({ total: 1, page: 1, sessions: [{ title: 'Here' }] });
    expect((await query.ask(`${path}?status=ended`)).body.data?.total).toBe(0);
    expect((await query.ask(`/rooms/${randomUUID()}/sessions`)).body.data?.total).toBe(0);
    expect((await query.ask(`${path}?room_id=${room}`)).body.details).toMatchObject([{ parameter: 'room_id' }]);
    expect((await query.ask('/rooms/7/sessions')).body.details).toMatchObject([{ parameter: 'id' }]);
  });

  it('count sessions and viewers, not those of hidden counts', async () => {
    const hiding = randomUUID();
    const [shown, hidden, scheduled, ended] = Array.from({ length: 4 }, () => randomUUID()) as [
      string,
      string,
      string,
      string,
    ];
    const before = (await query.ask('/sessions/stats')).body.data as Record<string, number>;
    await platform.directory(event('preset.changed.v1', hiding, { viewer_count_visible: false }));
    await platform.sessions(
      event('session.started.v1', shown, { title: 'Shown' }),
      event('session.started.v1', hidden, { title: 'Hidden', preset_id: hiding }),
      event('session.scheduled.v1', scheduled, { title: 'Planned', room_id: randomUUID(), mode: 'webcam' }),
      event('session.started.v1', ended, { title: 'Over' }, Date.now() - 1000),
      event('session.ended.v1', ended),
    );
    await platform.viewers(
      event('viewers.counted.v1', shown, { viewer_count: 70 }),
      event('viewers.counted.v1', hidden, { viewer_count: 9000 }),
    );
    await eventually(async () => {
      const { body } = await query.ask('/sessions/stats');
      expect(body.data).toEqual({
        total_sessions: Number(before['total_sessions']) + 4,
        live_now: Number(before['live_now']) + 2,
        scheduled: 1,
        ended: 1,
        expired: 0,
        viewers_now: 70,
      });
    });
    expect((await query.ask('/sessions/stats?x=1')).status).toBe(400);
  });
});

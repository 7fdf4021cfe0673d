import { randomBytes, randomUUID } from 'node:crypto';
import type Redis from 'ioredis';
import { Metrics } from '#libs/service-host';
import { RedisPair } from '../../../test/given/redis-pair';
import { type Cursor, decodeCursor, encodeCursor } from '../src/walk/cursor';
import { writeOpaque } from '../src/walk/opaque';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { API_KEY, GivenQuery } from './given-query';

const LIVE = 30;
const WALK = '/sessions/live?sort=viewer_count&limit=7';
const MIB = 1024 * 1024;

describe('what is kept of walks', () => {
  let pair: RedisPair;
  let platform: GivenPlatform;
  let query: GivenQuery;
  let redis: Redis;

  beforeAll(async () => {
    pair = await RedisPair.start();
    platform = await GivenPlatform.make(pair.master.url);
    redis = pair.master.ask;
    const started = Array.from({ length: LIVE }, () => event('session.started.v1', randomUUID(), { title: 'Live' }));
    await platform.sessions(...started);
    query = await GivenQuery.on(platform, {
      WALKS_MIB: '2',
      WALKS_MIB_PER_CALLER: '1',
      REQUESTS_PER_MINUTE: '0',
      REQUESTS_PER_MINUTE_KNOWN: '0',
      TRUSTED_PROXIES: '1',
    });
    await eventually(async () => expect((await query.ask('/sessions/live')).body.data?.total).toBe(LIVE));
  });
  afterEach(async () => {
    const keys = await redis.keys(`{${platform.name}}:walk*`);
    if (keys.length > 0) await redis.unlink(...keys);
  });
  afterAll(async () => {
    await query?.close();
    await platform?.close();
    await pair?.close();
  });

  const ask = (path: string, address = '10.0.0.1', headers: Record<string, string> = {}) =>
    query.ask(path, { headers: { 'x-forwarded-for': address, ...headers } });
  const next = async (path: string, address?: string, headers?: Record<string, string>) =>
    (await ask(path, address, headers)).body.data?.next_cursor ?? '';
  const at = (cursor: string, path = WALK) => `${path}&cursor=${cursor}`;

  /** Asks again while Redis does not answer in time. */
  const refusedOrBegun = (path: string) =>
    eventually(async () => {
      const answer = await ask(path);
      expect([200, 429]).toContain(answer.status);
      return answer;
    });

  /** The first page's cursor as of another answer to the same question: so another order has to be frozen. */
  function another(cursor: string): string {
    const read = decodeCursor(cursor) as Cursor;
    return encodeCursor({ ...read, at: { ...read.at, walk: randomBytes(8).toString('base64url') } as Cursor['at'] });
  }

  async function keptBytes(): Promise<number> {
    let bytes = 0;
    for (const key of await redis.keys(`{${platform.name}}:walk*`))
      bytes += Number(await redis.memory('USAGE', key, 'SAMPLES', 0));
    return bytes;
  }

  it('a caller who begins 10 000 walks fills nothing, and others walk on', async () => {
    const first = await next(WALK);
    const begun = await next(at(first));
    const told = new Map<number, number>();
    for (let sent = 0; sent < 10_000; sent += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => refusedOrBegun(at(another(first)))));
      for (const { status, body, headers } of answers) {
        told.set(status, (told.get(status) ?? 0) + 1);
        if (status === 200) continue;
        expect(body.code).toBe('rate_limited');
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(300);
      }
    }
    expect(told).toEqual(
      new Map([
        [200, 31],
        [429, 9969],
      ]),
    );
    expect(await keptBytes()).toBeLessThan(MIB);
    // The walk that was begun before goes on, and so does anybody else's.
    expect((await ask(at(begun))).status).toBe(200);
    expect((await ask(at(await next(WALK, '10.0.0.2')), '10.0.0.2')).status).toBe(200);
    // Nor do all addresses together fill it.
    for (let n = 3; n < 40; n += 1) await Promise.all([1, 2, 3].map(() => ask(at(another(first)), `10.0.0.${n}`)));
    expect((await ask(at(another(first)), '10.0.0.99')).status).toBe(429);
    expect(await keptBytes()).toBeLessThan(2 * MIB);
    expect(await redis.hget(`{${platform.name}}:walks-charged`, 'all')).toBe(String(2 * MIB));
  }, 600_000);

  it('what has lapsed makes room again', async () => {
    const first = await next(WALK);
    for (let n = 0; n < 32; n += 1) await ask(at(another(first)));
    expect((await ask(at(another(first)))).status).toBe(429);
    const due = `{${platform.name}}:walks-due`;
    for (const entry of await redis.zrangeBuffer(due, '0', '9')) await redis.zadd(due, '1', entry);
    for (let n = 0; n < 10; n += 1) expect((await ask(at(another(first)))).status).toBe(200);
    expect((await ask(at(another(first)))).status).toBe(429);
  });

  it('all that is kept ends by itself', async () => {
    const second = await next(at(await next(WALK)));
    await ask(at(second));
    const keys = await redis.keys(`{${platform.name}}:walk*`);
    expect(keys).toHaveLength(3);
    for (const key of keys) {
      expect(await redis.pttl(key)).toBeGreaterThan(0);
      expect(await redis.pttl(key)).toBeLessThanOrEqual(300_000);
    }
    const order = keys.find((key) => key.includes(':walk:')) ?? '';
    // 72 bytes of head, 16 for each that is still to come.
    expect(await redis.strlen(order)).toBe(72 + 16 * (LIVE - 7));
  });

  it('an order that is gone is a 410, whatever has been frozen since', async () => {
    const first = await next(WALK);
    const second = await next(at(first));
    expect((await ask(at(second))).status).toBe(200);
    await redis.flushall();
    for (const _ of [1, 2]) {
      const { status, body } = await ask(at(second));
      expect({ status, code: body.code }).toEqual({ status: 410, code: 'cursor_expired' });
      // The same first cursor freezes another order under the same name.
      expect((await ask(at(first))).status).toBe(200);
    }
    await platform.rebuild();
  });

  it('a Redis that is full begins no walk, and goes on with those that are begun', async () => {
    const first = await next(WALK);
    const second = await next(at(first));
    await redis.config('SET', 'maxmemory', '1mb');
    try {
      const refused = await ask(at(another(first)));
      expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 503, code: 'unavailable' });
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
      expect((await ask(at(second))).status).toBe(200);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    expect((await ask(at(another(first)))).status).toBe(200);
  });

  it('equal cursors share an order, and an answer that was lost is given again', async () => {
    const first = await next(WALK);
    const [one, other] = await Promise.all([ask(at(first)), ask(at(first), '10.0.0.2')]);
    const again = await ask(at(first));
    expect(again.body.data?.sessions?.map(({ id }) => id)).toEqual(one.body.data?.sessions?.map(({ id }) => id));
    expect(other.body.data?.next_cursor).toBe(one.body.data?.next_cursor);
    expect((await redis.keys(`{${platform.name}}:walk:*`)).length).toBe(1);
  });

  it('who edits a first cursor changes no walk of those who were given the same page', async () => {
    const first = await next(WALK);
    const read = decodeCursor(first) as Cursor & { at: { kind: 'first'; given: string[] } };
    const shown = (await ask(WALK.replace('7', '100'))).body.data?.sessions?.map(({ id }) => id) ?? [];
    const edits: Partial<Cursor & Cursor['at']>[] = [
      { given: shown.slice(7, 30) },
      { given: [] },
      { page: 3 },
      { page: 3, after: { key: null, id: shown.at(-1) ?? '' } },
    ];
    for (const { page = 2, ...edit } of edits) {
      await ask(at(encodeCursor({ ...read, page, at: { ...read.at, ...edit } as Cursor['at'] })));
    }
    const walked = [...read.at.given];
    for (let cursor: string | null = first; cursor;) {
      const { status, body } = await ask(at(cursor));
      expect(status).toBe(200);
      walked.push(...(body.data?.sessions ?? []).map(({ id }) => id));
      cursor = body.data?.next_cursor ?? null;
    }
    expect(walked.toSorted()).toEqual(shown.toSorted());
  });

  it('a cursor leads nowhere for other rights, and an edited or an old one harms nothing', async () => {
    const key = { 'x-api-key': API_KEY };
    const first = await next(WALK);
    const second = await next(at(first));
    const keyed = await next(at(await next(WALK, undefined, key)), undefined, key);
    expect((await ask(at(keyed))).status).toBe(400);
    expect((await ask(at(first), undefined, key)).status).toBe(400);
    expect((await ask(at(second), undefined, key)).status).toBe(400);
    const { question } = decodeCursor(second) as Cursor;
    const id = randomUUID();
    const name = 'AAAAAAAAAAA';
    const frozen = { kind: 'frozen', walk: name, nonce: name, open: 0, past: 0 };
    const byKey = decodeCursor(await next('/sessions?sort=created_at&limit=7')) as Cursor;
    const edited: [number, string, unknown][] = [
      [410, WALK, [2, question, 3, frozen]],
      [410, WALK, [2, question, 3, { ...frozen, past: [null, id] }]],
      [400, WALK, [2, question, 3, { kind: 'keyed', after: [1, id] }]],
      [400, WALK, [2, question, 3, { ...frozen, open: 2 ** 40 }]],
      [400, WALK, [2, question, 3, { ...frozen, open: -1 }]],
      [400, WALK, [2, question, 3, { ...frozen, nonce: 'short' }]],
      [400, WALK, [2, question, 3, { ...frozen, walk: '*' }]],
      [400, WALK, [2, question, 1e300, frozen]],
      [400, '/sessions?sort=created_at&limit=7', [2, byKey.question, 3, { kind: 'keyed', after: [1e308, id] }]],
      [400, '/sessions?sort=created_at&limit=7', [2, byKey.question, 3, { kind: 'keyed', after: [0.5, id] }]],
      [400, '/sessions?sort=created_at&limit=7', [2, byKey.question, 3, { kind: 'keyed', after: [8.6e15, id] }]],
      [400, '/sessions?sort=created_at&limit=7', [2, byKey.question, 3, { kind: 'keyed', after: [1, 'x'] }]],
      [
        200,
        '/sessions?sort=created_at&limit=7',
        [2, byKey.question, 3, { kind: 'keyed', after: [-62_135_596_800_000, id] }],
      ],
      [
        200,
        '/sessions?sort=created_at&limit=7',
        [2, byKey.question, 3, { kind: 'keyed', after: [253_402_300_799_999, id] }],
      ],
      [200, '/sessions?sort=created_at&limit=7', [2, byKey.question, 3, { kind: 'keyed', after: [null, id] }]],
      // As the version before wrote them.
      [400, WALK, [question.slice(0, 12), 2, 5, id, '']],
      [400, WALK, [question.slice(0, 12), 3, 5, id, [randomUUID(), 7]]],
      [400, WALK, [question, 2, 5, id, 0]],
    ];
    for (const [status, path, cursor] of edited) {
      const answer = await ask(at(writeOpaque(cursor), path));
      expect({ cursor, status: answer.status, body: answer.body.code }).toMatchObject({ cursor, status });
    }
    const read = decodeCursor(second) as Cursor;
    // This order has all: nobody was given a place by key behind it.
    for (const key of [null, 5]) {
      const position = { open: 7, past: { key, id } };
      const behind = encodeCursor({ ...read, at: { ...read.at, position } as Cursor['at'] });
      const { status, body } = await ask(at(behind));
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_query' });
    }
    // An order that is read beyond its end has nothing more.
    const beyond = encodeCursor({
      ...read,
      at: { ...read.at, position: { open: 2 ** 31 - 1, past: 2 ** 31 - 1 } } as Cursor['at'],
    });
    expect((await ask(at(beyond))).body.data).toMatchObject({ sessions: [], next_cursor: null });
  });

  it('says in metrics how many walks there are', async () => {
    await ask(at(await next(WALK)));
    const said = await query.app.get(Metrics).registry.metrics();
    expect(said).toMatch(/marquee_query_walks_total\{did="begun"\} [1-9]/);
    expect(said).toMatch(/marquee_query_walks_total\{did="refused"\} [1-9]/);
    expect(said).toMatch(/marquee_query_walks_total\{did="expired"\} [1-9]/);
    expect(said).toMatch(/^marquee_query_walk_orders 1$/m);
    expect(said).toMatch(/^marquee_query_walk_orders_bytes 32768$/m);
  });
});

import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ErrorAnswer,
  MAX_SENT_BYTES,
  type Scope,
  type SentEventsAnswer,
  errorAnswer,
  sentEventsAnswer,
} from '#libs/contracts';
import { ApiKeys } from '#libs/session-store';
import { SignJWT } from 'jose';
import { eventually, eventuallyPasses } from '../../../test/given/eventually';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { KafkaWay } from '../../../test/given/kafka-way';
import { metricsOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { rawRequest } from '../../../test/given/raw-request';
import { GivenLifecycle } from './given-lifecycle';

const KAFKA_BROKERS = process.env['KAFKA_BROKERS'] ?? '';
const JWT_SECRET = 'a secret of at least thirty-two characters';
const ONE = 'application/cloudevents+json';
const MANY = 'application/cloudevents-batch+json';

describe('the door for events over HTTP', () => {
  const ways: (FaultProxy | KafkaWay)[] = [];
  let given: GivenLifecycle;
  let url: string;
  let key: string;

  beforeAll(async () => {
    given = await GivenLifecycle.make();
    url = await (await given.service({ JWT_SECRET, KAFKA_PARTITIONS_SESSIONS: '3' })).getUrl();
    key = await keyOf(['events:write']);
  });

  afterAll(async () => {
    await given?.close();
    await Promise.all(ways.map((way) => way.close()));
  });

  async function keyOf(scopes: Scope[], sources: string[] | null = null): Promise<string> {
    return (await new ApiKeys(given.source).create({ name: 'studio', scopes, sources })).text;
  }

  async function refusingWay(to = ''): Promise<FaultProxy> {
    const way = await FaultProxy.listen();
    ways.push(way);
    way.leadTo(to);
    way.refuse();
    return way;
  }

  const urlOf = async (env: Record<string, string>) => (await given.launch(env)).getUrl();

  async function post(body: unknown, type: string, headers: Record<string, string> = {}, to = url) {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const all = { 'x-api-key': key, ...(type && { 'content-type': type }), ...headers };
    const answer = await fetch(`${to}/events`, { method: 'POST', body: bytes as string, headers: all });
    const text = await answer.text();
    const parsed: unknown = JSON.parse(text);
    const { success } = parsed as { success: boolean };
    const schema = success ? sentEventsAnswer : errorAnswer;
    expect(schema.safeParse(parsed).error).toBeUndefined();
    expect(text).not.toMatch(/node_modules|at .*\.[jt]s:/);
    const { status, headers: said } = answer;
    return { status, headers: said, sent: parsed as SentEventsAnswer, refused: parsed as ErrorAnswer };
  }

  const started = (title: string, attributes: object = {}) =>
    event('session.started.v1', randomUUID(), { title }, attributes) as Record<string, unknown>;
  const titleOf = async (id: unknown) =>
    (await given.sql<{ title: string }>('SELECT title FROM sessions WHERE id = $1', [id]))[0]?.title;
  const heldOnTopics = async () => {
    const names = ['sessions', 'viewers', 'directory'] as const;
    const offsets = await Promise.all(names.map((name) => given.admin.fetchTopicOffsets(given.topic(name))));
    return offsets.flat().reduce((sum, { high }) => sum + Number(high), 0);
  };

  it('takes one event, and it becomes part of the record', async () => {
    const one = started('By the door');
    const { status, sent } = await post(one, `${ONE}; charset=utf-8`);
    expect(status).toBe(202);
    expect(sent.data.accepted).toEqual([
      {
        index: 0,
        id: one['id'],
        source: '/somebody/else',
        topic: given.topic('sessions'),
        partition: expect.any(Number) as number,
        offset: expect.stringMatching(/^\d+$/) as string,
      },
    ]);
    await eventuallyPasses('it is recorded', async () => expect(await titleOf(one['subject'])).toBe('By the door'));
  });

  it('takes an event whose attributes are headers, and one without data', async () => {
    const { data, ...attributes } = started('In headers', { source: '/caf\u00e9', sequence: '7' });
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURIComponent(String(value))]),
    );
    expect((await post(data, 'application/json', headers)).sent.data.accepted).toMatchObject([
      { source: '/caf\u00e9' },
    ]);
    await eventuallyPasses('it is recorded', async () =>
      expect(await titleOf(attributes['subject'])).toBe('In headers'),
    );
    const beat = { ...headers, 'ce-type': 'session.heartbeat.v1', 'ce-id': randomUUID() };
    expect((await post(Buffer.alloc(0), '', beat)).status).toBe(202);
    const twice = await post(data, 'application/json', { ...headers, 'ce-source': '%zz' });
    expect(twice.refused.details).toEqual([expect.objectContaining({ parameter: 'ce-source' })]);
  });

  it('takes a batch of all topics: each event where the broker put it, those of a session in order', async () => {
    const [session, room] = [randomUUID(), randomUUID()];
    const batch = [
      event('room.changed.v1', room, { title: 'The Patch Bay' }),
      event('session.started.v1', session, { title: 'First', room_id: room }),
      event('viewers.counted.v1', session, { viewer_count: 3 }),
      event('session.updated.v1', session, { title: 'Second' }, { sequence: 1 }),
    ];
    const { accepted } = (await post(batch, MANY)).sent.data;
    expect(accepted.map(({ index, topic }) => [index, topic.split('.')[1]])).toEqual([
      [0, 'directory'],
      [1, 'sessions'],
      [2, 'viewers'],
      [3, 'sessions'],
    ]);
    const [, first, , second] = accepted;
    expect(second?.partition).toBe(first?.partition);
    expect(Number(second?.offset)).toBeGreaterThan(Number(first?.offset));
    await eventuallyPasses('it is recorded', async () => expect(await titleOf(session)).toBe('Second'));
    expect((await post([], MANY)).sent.data.accepted).toEqual([]);
    const many = Array.from({ length: 1000 }, (_, n) => event('viewers.counted.v1', session, { viewer_count: n }));
    expect((await post(many, MANY)).sent.data.accepted).toHaveLength(1000);
  });

  it('takes the same event again, and it counts once', async () => {
    const one = started('Once');
    for (let n = 0; n < 3; n += 1) expect((await post([one, one], MANY)).status).toBe(202);
    const last = started('Behind it', { subject: one['subject'], time: one['time'] });
    await post(last, ONE);
    await eventuallyPasses('all are taken', async () => {
      const log = await given.sql(
        `SELECT FROM session_log, json_array_elements(entries::json) AS entry
         WHERE subject = $1 AND entry ->> 3 <> 'duplicate'`,
        [one['subject']],
      );
      expect(log).toHaveLength(2);
    });
  });

  it('refuses a batch as a whole, naming every event and the place in it; nothing of it is sent', async () => {
    const before = await heldOnTopics();
    const { status, refused } = await post(
      [
        started('Good'),
        started('X'),
        { ...started('Good'), type: 'session.paused.v1' },
        7,
        started('Good', { time: 'now' }),
      ],
      MANY,
    );
    expect(status).toBe(400);
    expect(refused.code).toBe('invalid_body');
    expect([...new Set(refused.details.map(({ parameter }) => parameter))]).toEqual([
      '1.data.title',
      '2.type',
      '3.type',
      '4.time',
    ]);
    expect((await post(started('X'), ONE)).refused.details.map(({ parameter }) => parameter)).toEqual(['data.title']);
    const tooMany = Array.from({ length: 1001 }, () => started('Good'));
    expect((await post(tooMany, MANY)).refused.details[0]?.message).toMatch(/at most 1000 events, not 1001/);
    expect(await heldOnTopics()).toBe(before);
  });

  const deep = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)},`;
  it.each([
    ['nothing', '', ONE, 400],
    ['half an object', '{"specversion":', ONE, 400],
    ['no object', '7', ONE, 400],
    ['a list that says it is one', '[]', ONE, 400],
    ['one that says it is a list', '{}', MANY, 400],
    ['null', 'null', MANY, 400],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), ONE, 400],
    ['a byte order mark', '\ufeff{}', ONE, 400],
    ['keys of prototypes', '{"__proto__":{"type":"session.started.v1"},"constructor":{"prototype":{}}}', ONE, 400],
    ['a million brackets', '['.repeat(1_000_000), ONE, 400],
    ['an event that is deep', JSON.stringify(started('Deep')).replace('{', deep(400_000)), ONE, 400],
    ['an event that is too large', started('Large', { extra: 'x'.repeat(1_000_000) }), ONE, 400],
    ['a body that is too large', 'x'.repeat(5_000_001), ONE, 413],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415],
    ['JSON without attributes', started('Plain'), 'application/json', 415],
    ['another character set', started('Latin'), `${ONE}; charset=latin1`, 415],
    ['text', 'hello', 'text/plain', 415],
    ['no type at all', Buffer.from('hello'), '', 415],
    ['a broken type', 'hello', ';;;', 415],
  ] as [string, unknown, string, number][])('refuses %s in the envelope', async (_name, body, type, expected) => {
    const before = await heldOnTopics();
    const { status, refused } = await post(body, type);
    expect(status).toBe(expected);
    expect(refused.code).toBe(
      { 400: 'invalid_body', 413: 'payload_too_large', 415: 'unsupported_media_type' }[expected],
    );
    expect(refused.details.length).toBeGreaterThan(0);
    expect(await heldOnTopics()).toBe(before);
  });

  it('refuses a packed body, and one that is too large before its end has come', async () => {
    expect((await post(started('Packed'), ONE, { 'content-encoding': 'gzip' })).status).toBe(415);
    const size = MAX_SENT_BYTES + 1;
    const lines = ['POST /events HTTP/1.1', 'Host: a', `X-API-Key: ${key}`, `Content-Type: ${ONE}`];
    const head = [...lines, 'Transfer-Encoding: chunked', '', size.toString(16), ''].join('\r\n');
    const { status, text } = await rawRequest(url, `${head}${' '.repeat(size)}`);
    expect(status).toBe(413);
    const message = `must have at most ${MAX_SENT_BYTES} bytes`;
    const refused = { success: false, code: 'payload_too_large', details: [{ parameter: '(whole)', message }] };
    expect(JSON.parse(text)).toMatchObject(refused);
    const told = await post(' '.repeat(size), ONE);
    expect(told.status).toBe(413);
    expect(told.refused).toMatchObject(refused);
  });

  it('opens to keys and tokens with the scope, for the sources that they name', async () => {
    expect((await post(started('No key'), ONE, { 'x-api-key': '' })).status).toBe(401);
    expect((await post(started('No such key'), ONE, { 'x-api-key': `${key}x` })).status).toBe(401);
    expect((await post(started('A reader'), ONE, { 'x-api-key': await keyOf(['events:read']) })).status).toBe(403);

    const own = { 'x-api-key': await keyOf(['events:write'], ['/a', '/b']) };
    expect((await post(started('Own', { source: '/b' }), ONE, own)).status).toBe(202);
    const foreign = await post([started('Own', { source: '/a' }), started('Foreign', { source: '/c' })], MANY, own);
    expect(foreign.status).toBe(403);
    expect(foreign.refused.details).toEqual([{ parameter: '1.source', message: 'must be one of /a, /b' }]);

    const bearer = async (claims: Record<string, unknown>) => {
      const token = new SignJWT({ scope: 'events:write', ...claims }).setProtectedHeader({ alg: 'HS256' });
      const signed = await token.setExpirationTime('1h').sign(new TextEncoder().encode(JWT_SECRET));
      const { status } = await fetch(`${url}/events`, {
        method: 'POST',
        body: JSON.stringify(started('By token', { source: '/a' })),
        headers: { 'content-type': ONE, authorization: `Bearer ${signed}` },
      });
      return status;
    };
    expect(await bearer({ sources: ['/a'] })).toBe(202);
    expect(await bearer({ sources: ['/b'] })).toBe(403);
    expect(await bearer({})).toBe(403);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'QUERY', 'PROPFIND'])(
    'says to a %s that events are posted',
    async (method) => {
      const answer = await fetch(`${url}/events`, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('POST');
      expect(await answer.json()).toMatchObject({ code: 'method_not_allowed' });
    },
  );

  it('counts who sends: beyond the limit they are told when to come again', async () => {
    const limited = await urlOf({ REQUESTS_PER_MINUTE_KNOWN: '3' });
    const first = await post(started('Counted'), ONE, {}, limited);
    expect(first.headers.get('ratelimit-limit')).toBe('3');
    // Enough for a minute to end on the way.
    await eventuallyPasses('it is too much', async () => {
      const { status, headers, refused } = await post(started('Counted'), ONE, {}, limited);
      expect(status).toBe(429);
      expect(refused.code).toBe('rate_limited');
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    });
  });

  it('says that Kafka is away instead of losing events, and takes them once it is back', async () => {
    const way = await refusingWay(KAFKA_BROKERS.split(',')[0]);
    const cut = await urlOf({ KAFKA_BROKERS: way.address });
    const one = started('While it was away');
    const { status, headers, refused } = await post(one, ONE, {}, cut);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(refused.code).toBe('unavailable');
    way.mend();
    await eventuallyPasses('it is taken', async () => expect((await post(one, ONE, {}, cut)).status).toBe(202));
  });

  describe('while Kafka is slow', () => {
    /** Answers of Produce requests come when `held` resolves; tells their requests. */
    async function slowDoor(held: Promise<unknown>, onlyOf = '', env: Record<string, string> = {}) {
      const way = await KafkaWay.listen(KAFKA_BROKERS.split(',')[0] ?? '');
      ways.push(way);
      const seen: Buffer[] = [];
      way.onAnswer = async ({ api, request, answer }) => {
        if (api !== 0 || !request.includes(given.name)) return answer;
        seen.push(request);
        if (request.includes(onlyOf)) await held;
        return answer;
      };
      const app = await given.launch({ KAFKA_BROKERS: way.address, ...env });
      return { app, seen, to: await app.getUrl() };
    }
    const batch = () => [
      ...Array.from({ length: 200 }, () => started('Slow')),
      event('viewers.counted.v1', randomUUID(), { viewer_count: 3 }),
      event('viewers.counted.v1', randomUUID(), { viewer_count: 4 }),
    ];

    it('sends a request of many events as one of each topic, and answers in their order', async () => {
      const { seen, to } = await slowDoor(Promise.resolve());
      const sent = batch().toReversed();
      const { accepted } = (await post(sent, MANY, {}, to)).sent.data;
      expect(accepted.map(({ index, id }) => [index, id])).toEqual(
        sent.map((one, index) => [index, (one as { id: string }).id]),
      );
      expect(seen).toHaveLength(2);
    });

    it('answers each request within its own limit, wherever it stands in the queue', async () => {
      const { to } = await slowDoor(new Promise(() => undefined), given.topic('sessions'));
      const took: number[] = [];
      const send = async () => {
        const began = Date.now();
        const { status, headers, refused } = await post(batch(), MANY, {}, to);
        took.push(Date.now() - began);
        expect([status, headers.get('retry-after'), refused.code]).toEqual([503, '1', 'unavailable']);
      };
      const first = send();
      const rest = await Promise.all([first, ...Array.from({ length: 4 }, () => send())]);
      expect(rest).toHaveLength(5);
      // 8 s each; one behind the other the last took 15 s and more.
      expect(Math.max(...took)).toBeLessThan(14_000);
      const counted = event('viewers.counted.v1', randomUUID(), { viewer_count: 3 });
      expect((await post(counted, ONE, {}, to)).status).toBe(202);
    });

    it('refuses what is too much to wait, at once, and tells how much waits', async () => {
      let release: () => void = () => undefined;
      const { app, seen, to } = await slowDoor(new Promise<void>((resolve) => (release = resolve)), '', {
        DOOR_QUEUE_BYTES: '1000000',
      });
      const large = Array.from({ length: 5 }, () => started('Large', { extra: 'x'.repeat(20_000) }));
      const metric = async (name: string) => {
        const line = (await metricsOf(app)).split('\n').find((one) => one.startsWith(name));
        return Number(line?.split(' ').at(-1));
      };
      const all = Array.from({ length: 16 }, () => post(large, MANY, {}, to));
      const refusals = await eventually('it is full', async () => {
        const found = await metric('marquee_door_events_total{outcome="refused"}');
        return found > 0 ? found : undefined;
      });
      expect(refusals % 5).toBe(0);
      await eventually('the first are on their way', async () => seen.length > 0 || undefined);
      expect(await metric('marquee_door_queued_events')).toBeGreaterThan(0);
      expect(await metric('marquee_door_queued_bytes')).toBeLessThanOrEqual(1_000_000);
      expect(await metric('marquee_door_queue_age_seconds')).toBeGreaterThan(0);
      release();
      const statuses = (await Promise.all(all)).map(({ status, headers }) => [status, headers.get('retry-after')]);
      expect(statuses).toContainEqual([503, '1']);
      expect(statuses.filter(([status]) => status !== 202 && status !== 503)).toEqual([]);
    });
  });

  it('opens to nobody while keys cannot be looked up', async () => {
    const way = await refusingWay(new URL(given.databaseUrl).host);
    const cut = await urlOf({ DATABASE_URL: way.through(given.databaseUrl) });
    const one = started('Without keys');
    expect((await post(one, ONE, {}, cut)).refused.code).toBe('unavailable');
    way.mend();
    await eventuallyPasses('it is taken', async () => expect((await post(one, ONE, {}, cut)).status).toBe(202));
  });

  it('refuses a batch that contradicts itself, and takes exact duplicates', async () => {
    const one = started('The first');
    const other = { ...one, data: { title: 'The second' } };
    const before = await heldOnTopics();
    const { status, refused } = await post([one, started('Between'), other], MANY);
    expect(status).toBe(400);
    expect(refused.details.map(({ parameter }) => parameter)).toEqual(['0.id', '2.id']);
    expect(await heldOnTopics()).toBe(before);
    expect((await post([one, one], MANY)).status).toBe(202);
  });

  it('makes a key wait that contradicts itself again and again; no other key waits, and no topic stands still', async () => {
    const stubborn = { 'x-api-key': await keyOf(['events:write'], ['/somebody/else']) };
    const one = started('The first');
    const waits = await firstRefusal((at) => post({ ...one, data: { title: `Title ${at}` } }, ONE, stubborn), 202);
    expect(Number(waits.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(waits.refused.code).toBe('rate_limited');
    const another = started('Of another key');
    expect((await post(another, ONE)).status).toBe(202);
    await eventuallyPasses('it is recorded', async () =>
      expect(await titleOf(another['subject'])).toBe('Of another key'),
    );
    expect(await given.sql('SELECT FROM topic_pauses')).toEqual([]);
  });

  it('makes a key wait whose requests are refused again and again', async () => {
    const stubborn = { 'x-api-key': await keyOf(['events:write']) };
    const waits = await firstRefusal(() => post('{}', ONE, stubborn), 400);
    expect(Number(waits.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  /** The first 429; what comes before it has another status. A minute may begin anew on the way. */
  async function firstRefusal(ask: (at: number) => ReturnType<typeof post>, before: number) {
    for (let at = 0; at < 300; at++) {
      const answer = await ask(at);
      if (answer.status === 429) return answer;
      expect(answer.status).toBe(before);
    }
    throw new Error('it never has to wait');
  }
  const keysInPostgres = async (env: Record<string, string> = {}) => {
    const way = await FaultProxy.listen();
    ways.push(way);
    way.leadTo(new URL(given.databaseUrl).host);
    return { way, to: await urlOf({ DATABASE_URL: way.through(given.databaseUrl), ...env }) };
  };
  const madeUp = () => `mq_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`;
  /** Of a batch without events: only whether the key is good matters. */
  const statusOf = async (text: string, to: string) => (await post([], MANY, { 'x-api-key': text }, to)).status;

  it('looks up no more made-up keys than their address may send requests', async () => {
    const { way, to } = await keysInPostgres({ REQUESTS_PER_MINUTE: '20' });
    let looks = 0;
    const count = (chunk: Buffer) => {
      looks += chunk.toString('latin1').split('FROM api_keys').length - 1;
      return false;
    };
    void way.trap({ on: count, fault: 'cut', forward: true });
    // In the middle of a minute, so that none ends on the way.
    const minute = Math.floor(Date.now() / 60_000) * 60_000 + 60_000;
    jest.spyOn(Date, 'now').mockReturnValue(minute + 1000);
    const statuses = await Promise.all(Array.from({ length: 400 }, () => statusOf(madeUp(), to)));
    jest.restoreAllMocks();
    expect(looks).toBe(22);
    expect(statuses.filter((status) => status === 429)).toHaveLength(400 - looks);
  });

  it.each(['hole', 'refuse'] as const)('stays open to known keys while Postgres is away (%s)', async (fault) => {
    const { way, to } = await keysInPostgres();
    const own = await new ApiKeys(given.source).create({ name: 'own', scopes: ['events:write'], sources: null });
    expect(await statusOf(own.text, to)).toBe(202);
    way[fault]();
    const real = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => real() + 6000);
    for (let n = 0; n < 5; n += 1) expect(await statusOf(own.text, to)).toBe(202);
    expect(await statusOf(madeUp(), to)).toBe(503);
    expect(await statusOf('of no form', to)).toBe(401);
    await new ApiKeys(given.source).revoke(own.id);
    way.mend();
    await eventuallyPasses('it is revoked', async () => expect(await statusOf(own.text, to)).toBe(401));
    jest.restoreAllMocks();
  });
});

describe('the door and pages of other origins', () => {
  const PAGE = 'https://studio.example';
  let given: GivenLifecycle;
  let url: string;
  let key: string;

  beforeAll(async () => {
    given = await GivenLifecycle.make();
    const env = { ALLOWED_ORIGINS: PAGE, REQUESTS_PER_MINUTE_KNOWN: '8', JWKS_URL: 'http://127.0.0.1:1/' };
    url = await (await given.service(env)).getUrl();
    key = (await new ApiKeys(given.source).create({ name: 'page', scopes: ['events:write'], sources: null })).text;
  });
  afterAll(() => given?.close());

  /** As a browser writes it. */
  const raw = (method: string, headers: Record<string, string>, body = '') => {
    const all = { Host: 'a', 'Content-Length': String(Buffer.byteLength(body)), ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return rawRequest(url, `${method} /events HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  };
  const preflight = (origin: string) =>
    raw('OPTIONS', {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'ce-id,ce-source,ce-type,content-type,traceparent,x-api-key,x-strange',
    });

  it('lets pages of allowed origins send, attributes in headers as well', async () => {
    const { status, headers, text } = await preflight(PAGE);
    expect(status).toBe(204);
    expect(text).toBe('');
    expect(headers['access-control-allow-origin']).toBe(PAGE);
    expect(headers['access-control-allow-methods']).toContain('POST');
    const allowed = headers['access-control-allow-headers']?.toLowerCase().split(', ');
    expect(allowed).toEqual(
      expect.arrayContaining([
        'content-type',
        'x-api-key',
        'authorization',
        'traceparent',
        'ce-id',
        'ce-source',
        'ce-type',
      ]),
    );
    expect(allowed).not.toContain('x-strange');
    expect(headers['vary']).toContain('Origin');
    const sent = await raw('POST', { Origin: PAGE, 'X-API-Key': key, 'Content-Type': MANY }, '[]');
    expect(sent.status).toBe(202);
    expect(sent.headers['access-control-allow-origin']).toBe(PAGE);
    expect(sent.headers['access-control-expose-headers']).toContain('Retry-After');
  });

  it('lets no other pages', async () => {
    for (const origin of ['https://studio.example.evil.test', 'http://studio.example', 'null']) {
      const { status, headers } = await preflight(origin);
      expect(status).toBe(204);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  it('says to a page why it is refused', async () => {
    const own = { Origin: PAGE, 'X-API-Key': key };
    const token = ['{"alg":"RS256"}', '{}', 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
    for (const [expected, headers, body] of [
      [401, { Origin: PAGE, 'X-API-Key': 'no' }, '[]'],
      [503, { Origin: PAGE, Authorization: `Bearer ${token}` }, '[]'],
      [400, { ...own, 'Content-Type': MANY }, '7'],
      [413, { ...own, 'Content-Type': ONE, 'Content-Length': '5000001' }, ''],
      [415, { ...own, 'Content-Type': 'text/plain' }, ''],
    ] as [number, Record<string, string>, string][]) {
      const { status, headers: said } = await raw('POST', headers, body);
      expect({ status, origin: said['access-control-allow-origin'] }).toEqual({ status: expected, origin: PAGE });
    }
    await eventuallyPasses('it is too much', async () => {
      const { status, headers } = await raw('POST', { ...own, 'Content-Type': MANY }, '[]');
      expect({ status, origin: headers['access-control-allow-origin'] }).toEqual({ status: 429, origin: PAGE });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    });
  });

  it('still says to who asks for no page that events are posted', async () => {
    expect(await raw('OPTIONS', {})).toMatchObject({ status: 405 });
  });
});

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, get } from 'node:http';
import type { Socket } from 'node:net';
import { deltaFrame, snapshotFrame } from '#libs/contracts';
import { Metrics } from '#libs/service-host';
import { ApiKeys, createDataSource } from '#libs/session-store';
import { LiveStreams } from '../src/stream/live-streams.service';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

interface Heard {
  event: string;
  id: string | undefined;
  data: Record<string, unknown>;
}

/** A reader as a browser's EventSource is one. */
class Reader {
  readonly heard: Heard[] = [];
  status: number | undefined;
  body = '';
  isOver = false;
  answer: IncomingMessage | undefined;
  /** What the stream said last of when to come again. */
  retryMs: number | undefined;
  private readonly request: ClientRequest;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.request = get(url, { headers, agent: false }, (answer) => {
      this.answer = answer;
      this.status = answer.statusCode;
      answer.setEncoding('utf8').on('data', (text: string) => this.take(text));
      answer.on('close', () => (this.isOver = true));
    }).on('error', () => (this.isOver = true));
  }

  close(): void {
    this.request.destroy();
  }

  of(name: string): Heard[] {
    return this.heard.filter(({ event: heard }) => heard === name);
  }

  private take(text: string): void {
    this.body += text;
    if (this.status !== 200) return;
    const parts = this.body.split('\n\n');
    this.body = parts.pop() ?? '';
    for (const part of parts) {
      const fields = new Map(part.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
      if (fields.has('retry')) this.retryMs = Number(fields.get('retry'));
      this.heard.push({
        event: fields.get('event') ?? '',
        id: fields.get('id'),
        data: JSON.parse(fields.get('data') ?? 'null') as Record<string, unknown>,
      });
    }
  }
}

describe('the stream of a live list', () => {
  let platform: GivenPlatform;
  let query: GivenQuery;
  const readers: Reader[] = [];
  const room = randomUUID();

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    query = await GivenQuery.on(platform);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
  });

  afterEach(() => readers.splice(0).forEach((reader) => reader.close()));
  afterAll(async () => {
    await query?.close();
    await platform?.close();
  });

  function read(parameters: string, headers?: Record<string, string>): Reader {
    const reader = new Reader(`${query.url}/sessions/stream${parameters}`, headers);
    readers.push(reader);
    return reader;
  }

  const start = async (title: string, data: object = {}) => {
    const id = randomUUID();
    await platform.sessions(event('session.started.v1', id, { title, room_id: room, ...data }));
    return id;
  };

  it('begins with a snapshot, goes on with deltas, and names the position of each', async () => {
    const first = await start('First', { room_id: randomUUID() });
    const reader = read(`?ids=${first}&sort=viewer_count&limit=5`);
    await eventually(async () => expect(reader.of('snapshot')).toHaveLength(1));
    expect(reader.answer?.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
      'ratelimit-limit': '6000',
    });
    const [{ id, data }] = reader.of('snapshot') as [Heard];
    expect(snapshotFrame.safeParse(data).error).toBeUndefined();
    expect(data).toMatchObject({ total: 1, sessions: [{ id: first, title: 'First' }] });
    expect(id).toBe(`${String(data['epoch'])}.${String(data['seq'])}`);
    await platform.sessions(event('session.ended.v1', first));
    await eventually(async () => expect(reader.of('delta').at(-1)?.data['removes']).toEqual([[first, 'ended']]));
    expect(deltaFrame.safeParse(reader.of('delta').at(-1)?.data).error).toBeUndefined();
    expect(reader.of('delta').at(-1)?.data['prev']).toBe(data['frame']);
  });

  it('is of one moment for all who read the same, and of what each may see', async () => {
    const preset = randomUUID();
    await platform.directory(event('preset.changed.v1', preset, { viewer_count_visible: false }));
    const hidden = await start('Hidden', { preset_id: preset });
    await platform.viewers(event('viewers.counted.v1', hidden, { viewer_count: 4711 }));
    const one = read(`?room_id=${room}`);
    const other = read(`?room_id=${room}`);
    await eventually(async () => {
      for (const reader of [one, other]) expect(reader.of('snapshot').concat(reader.of('delta'))).not.toHaveLength(0);
      expect(JSON.stringify([one.heard, other.heard])).toContain(hidden);
    });
    expect(JSON.stringify([one.heard, other.heard])).not.toContain('4711');
    expect(one.heard[0]?.data['view']).toBe(other.heard[0]?.data['view']);
  });

  it('resumes with a snapshot that is no older than what was heard', async () => {
    await start('To be heard');
    const first = read(`?room_id=${room}`);
    await eventually(async () => expect(first.heard[0]?.id).toBeDefined());
    const id = first.heard.at(-1)?.id ?? '';
    const [epoch, seq] = id.split('.').map(Number) as [number, number];
    first.close();
    // By the header, as browsers send it, and by the parameter, as event-source-polyfill does.
    for (const again of [
      read(`?room_id=${room}`, { 'last-event-id': id }),
      read(`?room_id=${room}&lastEventId=${id}`),
      read(`?room_id=${room}&lastEventId=${epoch}.${seq + 100_000}`, { 'last-event-id': id }),
    ]) {
      await eventually(async () => expect(again.heard[0]?.event).toBe('snapshot'));
      expect(again.heard[0]?.data['epoch']).toBe(epoch);
      expect(again.heard[0]?.data['seq']).toBeGreaterThanOrEqual(seq);
    }
  });

  describe('a reader that was where this process is not', () => {
    const here = async () => {
      const reader = read(`?room_id=${room}`);
      await eventually(async () => expect(reader.heard[0]?.id).toBeDefined());
      return (reader.heard[0]?.id ?? '').split('.').map(Number) as [number, number];
    };

    it.each([
      ['a little ahead', (epoch: number, seq: number) => `${epoch}.${seq + 1000}`],
      ['far ahead', (epoch: number, seq: number) => `${epoch}.${seq + 1_000_000}`],
      ['in the next epoch', (epoch: number) => `${epoch + 1}.1`],
      ['in an epoch that nobody gave out', () => '999999999999999.999999999999999'],
      ['in an epoch that is over', () => '0.1'],
    ])('%s gets a snapshot, and what changes then', async (_where, idOf) => {
      const id = idOf(...(await here()));
      for (const reader of [
        read(`?room_id=${room}`, { 'last-event-id': id }),
        read(`?room_id=${room}&lastEventId=${id}`),
      ]) {
        await eventually(async () => expect(reader.of('snapshot')).toHaveLength(1));
        expect(reader.status).toBe(200);
        const started = await start('After it');
        await eventually(async () => expect(JSON.stringify(reader.of('delta'))).toContain(started));
      }
    });

    it.each([
      '7',
      '',
      '1.',
      '.1',
      '-1.2',
      '1.2.3',
      'null',
      'undefined',
      '\u00e9',
      '1e3.4',
      '9'.repeat(400),
      '7.0000000000000001',
    ])('and says so with %s is as one that was nowhere', async (id) => {
      const encoded = encodeURIComponent(id);
      for (const reader of [
        read(`?room_id=${room}`, { 'last-event-id': id }),
        read(`?room_id=${room}&lastEventId=${encoded}`),
      ]) {
        await eventually(async () => expect(reader.of('snapshot')).toHaveLength(1));
        expect(reader.status).toBe(200);
      }
    });
  });

  describe('what passes by itself', () => {
    const saidGoodbye = async (reader: Reader, reason: string) => {
      await eventually(async () => expect(reader.isOver).toBe(true));
      expect({ status: reader.status, heard: reader.heard.map(({ event: name }) => name) }).toEqual({
        status: 200,
        heard: ['bye'],
      });
      expect(reader.answer?.headers).toMatchObject({
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'access-control-allow-origin': '*',
      });
      expect(reader.heard[0]?.data).toMatchObject({ reason });
      const afterMs = Number(reader.heard[0]?.data['retry_after_ms']);
      expect(afterMs).toBeGreaterThan(0);
      expect(reader.retryMs).toBe(afterMs);
    };

    it('is a process that has not loaded the list yet: the reader comes again by itself', async () => {
      const nowhere = await GivenQuery.on(platform, { REDIS_URL: 'redis://127.0.0.1:1' });
      try {
        for (const headers of [{}, { 'last-event-id': '1.1' }] as Record<string, string>[]) {
          const reader = new Reader(`${nowhere.url}/sessions/stream`, headers);
          readers.push(reader);
          await saidGoodbye(reader, 'unavailable');
        }
      } finally {
        await nowhere.close();
      }
    });

    it('are too many requests of an address; what is wrong in a request stays a refusal', async () => {
      const few = await GivenQuery.on(platform, { REQUESTS_PER_MINUTE: '3' });
      try {
        await eventually(async () => expect((await few.ask('/health/ready')).status).toBe(200));
        expect((await few.ask('/sessions/stream?limit=0')).status).toBe(400);
        expect((await few.ask('/sessions/stream', { headers: { 'x-api-key': 'x' } })).status).toBe(401);
        // Several times: a minute may end on the way, and the next one begins anew.
        const reader = await eventually(async () => {
          const one = new Reader(`${few.url}/sessions/stream`);
          readers.push(one);
          await eventually(async () => expect(one.heard).not.toHaveLength(0));
          expect(one.heard[0]?.event).toBe('bye');
          return one;
        });
        await saidGoodbye(reader, 'rate_limited');
        expect(reader.answer?.headers['ratelimit-remaining']).toBe('0');
      } finally {
        await few.close();
      }
    });

    it('are too many readers', async () => {
      const full = await GivenQuery.on(platform);
      try {
        await eventually(async () => expect((await full.ask('/health/ready')).status).toBe(200));
        jest.spyOn(full.app.get(LiveStreams), 'isFull', 'get').mockReturnValue(true);
        const reader = new Reader(`${full.url}/sessions/stream`);
        readers.push(reader);
        await saidGoodbye(reader, 'unavailable');
      } finally {
        await full.close();
      }
    });
  });

  it.each(['cache-control', 'traceparent', 'content-type', 'last-event-id', 'cache-control,last-event-id,baggage'])(
    'may be asked for by a page of another origin with the header %s',
    async (name) => {
      const { status, headers } = await query.ask('/sessions/stream', {
        method: 'OPTIONS',
        headers: {
          origin: 'https://page.example',
          'access-control-request-method': 'GET',
          'access-control-request-headers': name,
        },
      });
      const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(', ');
      expect(status).toBe(204);
      expect(allowed).toEqual(expect.arrayContaining(name.split(',')));
      expect(headers.get('access-control-allow-origin')).toBe('*');
    },
  );

  it.each([
    ['?limit=201', 'limit', /200/],
    ['?status=ended', 'status', /past/],
    ['?status=paused', 'status.0', /scheduled/],
    ['?sort=duration', 'sort', /viewer_count/],
    ['?page=1', 'page', /not a known/],
    ['?limit=1&limit=2', 'limit', /once/],
  ])('is refused with %s, naming the parameter and its bound', async (parameters, parameter, message) => {
    const { status, body } = await query.ask(`/sessions/stream${parameters}`);
    expect(status).toBe(400);
    expect(body.details?.[0]).toMatchObject({ parameter, message: expect.stringMatching(message) as unknown });
  });

  it('has the headers of a stream for a HEAD, and no more', async () => {
    const { status, headers, text } = await query.ask('/sessions/stream', { method: 'HEAD' });
    expect({ status, text, type: headers.get('content-type') }).toEqual({
      status: 200,
      text: '',
      type: 'text/event-stream; charset=utf-8',
    });
  });

  it('follows nobody who went while their key was looked up', async () => {
    const source = await createDataSource({ url: platform.databaseUrl, name: 'keys', poolSize: 2 }).initialize();
    const lock = source.createQueryRunner();
    try {
      const { text } = await new ApiKeys(source).create({ name: 'app', scopes: [], sources: null });
      await lock.startTransaction();
      await lock.query('LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE');
      const connects = once(query.app.getHttpServer(), 'connection');
      const gone = read('?limit=3', { 'x-api-key': text });
      const [connection] = (await connects) as [Socket];
      await eventually(async () => {
        const waits = `SELECT 1 FROM pg_locks WHERE relation = 'api_keys'::regclass AND NOT granted`;
        expect(await platform.sql(waits)).toHaveLength(1);
      });
      gone.close();
      await eventually(async () => expect(connection.destroyed).toBe(true));
      await lock.rollbackTransaction();
      const reader = read('?limit=3', { 'x-api-key': text });
      await eventually(async () => expect(reader.of('snapshot')).toHaveLength(1));
      const said = await query.app.get(Metrics).registry.metrics();
      expect(said).toMatch(/^marquee_query_stream_readers 1$/m);
    } finally {
      await lock.release();
      await source.destroy();
    }
  });

  it('says goodbye and when to come again when the service stops', async () => {
    const own = await GivenQuery.on(platform);
    const reader = new Reader(`${own.url}/sessions/stream`);
    readers.push(reader);
    await eventually(async () => expect(reader.heard).not.toHaveLength(0));
    await own.close();
    await eventually(async () => expect(reader.isOver).toBe(true));
    expect(reader.of('bye')).toMatchObject([{ data: { reason: 'shutdown' } }]);
  });
});

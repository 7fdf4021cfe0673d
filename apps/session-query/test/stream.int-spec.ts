import { randomUUID } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, get } from 'node:http';
import { deltaFrame, snapshotFrame } from '#libs/contracts';
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

  it('resumes with a snapshot that is no older than what was heard, or says that it is behind', async () => {
    await start('To be heard');
    const first = read(`?room_id=${room}`);
    await eventually(async () => expect(first.heard[0]?.id).toBeDefined());
    const [epoch, seq] = (first.heard.at(-1)?.id ?? '').split('.').map(Number) as [number, number];
    first.close();
    const again = read(`?room_id=${room}`, { 'last-event-id': `${epoch}.${seq}` });
    await eventually(async () => expect(again.heard[0]?.event).toBe('snapshot'));
    expect(again.heard[0]?.data['epoch']).toBe(epoch);
    expect(again.heard[0]?.data['seq']).toBeGreaterThanOrEqual(seq);
    const ahead = read(`?room_id=${room}`, { 'last-event-id': `${epoch}.${seq + 1000}` });
    await eventually(async () => expect(ahead.isOver).toBe(true));
    expect(ahead.status).toBe(503);
    expect(JSON.parse(ahead.body)).toMatchObject({ success: false, code: 'unavailable' });
    expect(ahead.answer?.headers['retry-after']).toBeDefined();
  });

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

  it('is refused to who was nowhere', async () => {
    const { status, body } = await query.ask('/sessions/stream', { headers: { 'last-event-id': '7' } });
    expect({ status, parameter: body.details?.[0]?.parameter }).toEqual({ status: 400, parameter: 'last-event-id' });
  });

  it('has the headers of a stream for a HEAD, and no more', async () => {
    const { status, headers, text } = await query.ask('/sessions/stream', { method: 'HEAD' });
    expect({ status, text, type: headers.get('content-type') }).toEqual({
      status: 200,
      text: '',
      type: 'text/event-stream; charset=utf-8',
    });
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

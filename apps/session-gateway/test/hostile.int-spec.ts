import { RawSocketIo } from '../../../test/given/raw-socket-io';
import { RawWebSocket } from '../../../test/given/raw-websocket';
import { type GivenGateway, GivenProjection, eventually, givenGateway, untilReady } from './given';
import { metricsOf } from '../../../test/given/operations';

const PATH = '/socket.io/?EIO=4&transport=websocket';

/** A connection of Socket.IO that says anything, and notes how it ended. */
class Stranger {
  isConnected = false;
  closed: { status: number; answer: string } | undefined;
  readonly socket: RawSocketIo;

  constructor(url: string, auth?: object) {
    this.socket = new RawSocketIo(
      { url, ...(auth && { auth }) },
      {
        connected: () => {
          this.isConnected = true;
        },
        pushed: () => undefined,
        closed: (status, answer) => {
          this.closed = { status, answer };
        },
      },
    );
  }

  async connect(): Promise<this> {
    await eventually('it is connected', () => this.isConnected);
    return this;
  }

  async ask(event: string, payload: unknown): Promise<{ ok: boolean; code?: string }> {
    let answer: unknown;
    this.socket.emit(event, payload, (given) => {
      answer = given;
    });
    return (await eventually('it is answered', () => answer)) as { ok: boolean };
  }
}

describe('a hostile client', () => {
  let projection: GivenProjection;
  const closers: (() => unknown)[] = [];

  const gatewayWith = async (env: Record<string, string> = {}): Promise<GivenGateway> => {
    const gateway = await givenGateway(projection, env);
    closers.push(() => gateway.close());
    await untilReady(gateway);
    return gateway;
  };
  const stranger = (url: string) => {
    const one = new Stranger(url);
    closers.push(() => one.socket.websocket.cut());
    return one;
  };
  const metric = async (app: GivenGateway['app'], name: string) => {
    const text = await metricsOf(app);
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1) ?? 0,
    );
  };

  beforeEach(async () => {
    projection = new GivenProjection();
    closers.push(() => projection.close());
    await projection.rebuild();
    await projection.session(1);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it('that asks too fast is refused, told when to come again, and served then', async () => {
    const { url } = await gatewayWith();
    const client = await stranger(url).connect();
    const answers = await Promise.all(Array.from({ length: 100 }, () => client.ask('subscribe', { v: 1, query: {} })));
    const refused = answers.filter(({ ok }) => !ok);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ code: 'rate_limited', retry_after_ms: expect.any(Number) });
    expect(answers[0]).toMatchObject({ ok: true });
    await eventually('it is served again', async () => (await client.ask('subscribe', { v: 1, query: {} })).ok);
  });

  it('that does not heed it is cut off, and nobody else', async () => {
    const { app, url } = await gatewayWith();
    const [flood, other] = [await stranger(url).connect(), await stranger(url).connect()];
    for (let each = 0; each < 2000; each += 1) flood.socket.emit('subscribe', { v: 1, query: {} });
    await eventually('it is cut off', () => flood.closed);
    expect(await metric(app, 'marquee_gateway_dismissed_total{reason="flood"}')).toBeGreaterThan(0);
    expect(await other.ask('subscribe', { v: 1, query: {} })).toMatchObject({ ok: true });
  });

  it('that sends pings without end is cut off', async () => {
    const { url } = await gatewayWith();
    const flood = await stranger(url).connect();
    for (let each = 0; each < 2000; each += 1) flood.socket.websocket.send('3');
    await eventually('it is cut off', () => flood.closed);
  });

  it('that sends more than a message may have is refused; beyond all measure it is cut off', async () => {
    const { url } = await gatewayWith();
    const client = await stranger(url).connect();
    const large = await client.ask('subscribe', { v: 1, query: { q: 'x'.repeat(40_000) } });
    expect(large).toMatchObject({ ok: false, code: 'invalid_request' });
    expect(await client.ask('subscribe', { v: 1, query: {} })).toMatchObject({ ok: true });
    client.socket.emit('subscribe', { v: 1, query: { q: 'x'.repeat(400_000) } });
    await eventually('it is cut off', () => client.closed);
  });

  it.each([
    ['no packet', '9'],
    ['no text at all', ''],
    ['an event that never ends', '42["subscribe",{"v":1'],
    ['an event that is no list', '42{"a":1}'],
    ['an event without a name', '42[]'],
    ['an event whose name is none', '42[{"toString":1},1]'],
    ['an event of the system', '42["disconnecting",1]'],
    ['an ack nobody waits for', '437[]'],
    ['an ack number beyond all numbers', `42${'9'.repeat(400)}["subscribe",{}]`],
    ['attachments that never come', '451-["subscribe",{"_placeholder":true,"num":0}]'],
    ['attachments without number', '45-["subscribe"]'],
    ['a namespace that is not there', '40/admin,'],
    ['a second entry', '40{"token":{"a":[]}}'],
    ['ten thousand levels', `42["subscribe",${'['.repeat(10_000)}${']'.repeat(10_000)}]`],
    ['a prototype', '421["subscribe",{"__proto__":{"v":1},"constructor":{"prototype":{}}}]'],
  ])('that sends %s harms nobody else', async (_what, packet) => {
    const { url } = await gatewayWith();
    const [bad, other] = [await stranger(url).connect(), await stranger(url).connect()];
    bad.socket.websocket.send(packet);
    if (!bad.closed) bad.socket.emit('subscribe', { v: 1, query: {} });
    expect(await other.ask('subscribe', { v: 1, query: {} })).toMatchObject({ ok: true });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it.each([
    ['a frame without a mask', Buffer.from([0x81, 0x02, 0x34, 0x30])],
    ['a frame of no known kind', Buffer.from([0x8f, 0x80, 0, 0, 0, 0])],
    ['a reserved bit', Buffer.from([0xb1, 0x80, 0, 0, 0, 0])],
    ['a frame of 2^60 bytes', Buffer.from([0x82, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['a ping of more than a ping may have', Buffer.from([0x89, 0xfe, 0x10, 0, 0, 0, 0, 0])],
    ['a deflated frame that is none', Buffer.from([0xc1, 0x84, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])],
    ['no UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28])],
  ])('that sends %s is cut off, and harms nobody else', async (_what, bytes) => {
    const { url } = await gatewayWith();
    const other = await stranger(url).connect();
    let isClosed = false;
    const bad = new RawWebSocket(
      { url, path: PATH, deflates: true },
      {
        opened: () => bad.sendBytes(bytes),
        message: () => undefined,
        closed: () => {
          isClosed = true;
        },
      },
    );
    await eventually('it is cut off', () => isClosed);
    expect(await other.ask('subscribe', { v: 1, query: {} })).toMatchObject({ ok: true });
  });

  it('with more connections than an address may have is turned away, until some are gone', async () => {
    const { app, url } = await gatewayWith({ CONNECTIONS_PER_ADDRESS: '2' });
    const [first] = [await stranger(url).connect(), await stranger(url).connect()];
    const third = stranger(url);
    await eventually('it is turned away', () => third.closed);
    expect(third.closed).toMatchObject({ status: 429, answer: expect.stringMatching(/Retry-After: \d/) });
    first?.socket.websocket.cut();
    await eventually('there is room', async () => {
      const next = stranger(url);
      await eventually('it is answered', () => next.isConnected || next.closed);
      return next.isConnected;
    });
    expect(await metric(app, 'marquee_gateway_turned_away_total')).toBeGreaterThan(0);
  });

  it('is one of too many at once: those who are in are served, the others told when to come', async () => {
    const { url } = await gatewayWith({ CONNECTIONS_PER_SECOND: '1' });
    const in1 = await stranger(url).connect();
    const rush = Array.from({ length: 20 }, () => stranger(url));
    await eventually('all are answered', () => rush.every(({ isConnected, closed }) => isConnected || closed));
    const turned = rush.flatMap(({ closed }) => closed ?? []);
    expect(turned.length).toBeGreaterThan(10);
    expect(turned[0]).toMatchObject({ status: 503, answer: expect.stringMatching(/Retry-After: \d/) });
    expect(await in1.ask('subscribe', { v: 1, query: {} })).toMatchObject({ ok: true });
  });

  it('of another origin is turned away, and with a token that is none let in nowhere', async () => {
    const { url } = await gatewayWith({
      ALLOWED_ORIGINS: 'https://example.com',
      JWT_SECRET: 'a secret of 32 characters, at least',
    });
    let turned = 0;
    const listener = { message: () => undefined, closed: (status: number) => void (turned = status) };
    const foreign = new RawWebSocket({ url, path: PATH, headers: { Origin: 'https://evil.test' } }, listener);
    closers.push(() => foreign.cut());
    await eventually('it is turned away', () => turned === 403);

    const forged = new Stranger(url, { token: 'eyJhbGciOiJub25lIn0.e30.' });
    await eventually('it is not let in', () => forged.closed);
    expect(forged.isConnected).toBe(false);
  });

  it('that never finishes its handshake does not stay', async () => {
    const { url } = await gatewayWith();
    let isClosed = false;
    const listener = { message: () => undefined, closed: () => void (isClosed = true) };
    const silent = new RawWebSocket({ url, path: PATH }, listener);
    closers.push(() => silent.cut());
    await eventually('it is closed', () => isClosed, 30_000);
  });
});

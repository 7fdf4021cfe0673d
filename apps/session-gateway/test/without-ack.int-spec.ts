import { RawWebSocket } from '../../../test/given/raw-websocket';
import { type GivenGateway, GivenProjection, eventually, givenGateway, idOf, untilReady } from './given';

type Packet = [event: string, payload: Record<string, unknown>];

/** Writes packets of Socket.IO by hand, and notes the events that come. */
class Hand {
  readonly heard: Packet[] = [];
  isConnected = false;
  isClosed = false;
  bytes = 0;
  readonly websocket: RawWebSocket;

  constructor(url: string) {
    this.websocket = new RawWebSocket(
      { url, path: '/socket.io/?EIO=4&transport=websocket' },
      {
        opened: () => this.websocket.send('40'),
        message: ({ payload }) => this.take(payload.toString()),
        closed: () => {
          this.isClosed = true;
        },
      },
    );
  }

  say(...values: unknown[]): void {
    this.websocket.send(`42${JSON.stringify(values)}`);
  }

  errors(): Record<string, unknown>[] {
    return this.heard.filter(([event]) => event === 'error').map(([, payload]) => payload);
  }

  private take(text: string): void {
    this.bytes += text.length;
    if (text === '2') this.websocket.send('3');
    if (text.startsWith('40')) this.isConnected = true;
    if (text.startsWith('42')) this.heard.push(JSON.parse(text.slice(2)) as Packet);
  }
}

describe('a client that asks without acks', () => {
  let projection: GivenProjection;
  let gateway: GivenGateway;
  const closers: (() => unknown)[] = [];
  const QUERY = { sort: 'viewer_count', limit: 5 };

  const hand = async () => {
    const one = new Hand(gateway.url);
    closers.push(() => one.websocket.cut());
    await eventually('it is connected', () => one.isConnected);
    return one;
  };
  const next = async (one: Hand, event: string, at = 0) =>
    (await eventually(`${event} comes`, () => one.heard.filter(([name]) => name === event)[at]))[1];

  beforeAll(async () => {
    projection = new GivenProjection();
    await projection.rebuild();
    await projection.session(1);
    gateway = await givenGateway(projection);
    await untilReady(gateway);
  });
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });
  afterAll(async () => {
    await gateway?.close();
    await projection?.close();
  });

  it('gets the list and what changes, and may give it up', async () => {
    const one = await hand();
    one.say('subscribe', { v: 1, query: QUERY });
    const { view } = await next(one, 'snapshot');
    await projection.session(1, { title: 'changed' });
    expect(await next(one, 'delta')).toMatchObject({ view, prev: 1 });
    one.say('unsubscribe', { view });
    one.say('unsubscribe', { view });
    expect(await next(one, 'error')).toEqual({
      event: 'unsubscribe',
      code: 'unknown_view',
      error: 'you do not follow this view',
    });
    expect(one.errors()).toHaveLength(1);
  });

  it('watches, and watches no more', async () => {
    const one = await hand();
    one.say('watch', { ids: [idOf(1), idOf(2)] });
    expect(await next(one, 'snapshot')).toMatchObject({ total: 1, absent: [idOf(2)] });
    one.say('unwatch', { ids: [idOf(2)] });
    expect(await next(one, 'snapshot', 1)).toMatchObject({ total: 1, absent: [] });
    one.say('unwatch');
    one.say('unwatch');
    expect(await next(one, 'error')).toMatchObject({ event: 'unwatch', code: 'unknown_view' });
  });

  it('that returns and lacks nothing is told where it is, and the total', async () => {
    const one = await hand();
    one.say('subscribe', { v: 1, query: QUERY });
    const { view, epoch, seq, sessions } = (await next(one, 'snapshot')) as {
      view: string;
      epoch: number;
      seq: number;
      sessions: { id: string; version: number; viewer_count: number; max_viewers: number }[];
    };
    const have = sessions.map(({ id, version, viewer_count, max_viewers }) => [id, version, viewer_count, max_viewers]);
    const again = await hand();
    again.say('subscribe', { v: 1, query: QUERY, of: view, at: [epoch, seq], have });
    const delta = await next(again, 'delta');
    expect(delta).toMatchObject({ view, prev: null, total: sessions.length });
    expect(delta).not.toHaveProperty('upserts');
  });

  it.each<[string, unknown[], Record<string, unknown>]>([
    ['a wrong query', ['subscribe', { v: 1, query: { limit: 0 } }], { event: 'subscribe', code: 'invalid_query' }],
    ['no payload', ['subscribe'], { event: 'subscribe', code: 'invalid_request' }],
    ['null for a payload', ['watch', null], { event: 'watch', code: 'invalid_request' }],
    ['null for an ack that was no last one', ['subscribe', null, { v: 1, query: {} }], { code: 'invalid_request' }],
    ['two payloads', ['subscribe', { v: 1, query: {} }, {}], { event: 'subscribe', code: 'invalid_request' }],
    ['the past', ['subscribe', { v: 1, query: { status: 'ended' } }], { event: 'subscribe', code: 'not_live' }],
    ['an event that is not known', ['shout', {}], { event: 'shout', code: 'invalid_request' }],
    ['one that is a number', [7, {}], { event: '7', code: 'invalid_request' }],
    ['one with a very long name', ['x'.repeat(20_000)], { event: 'x'.repeat(64), code: 'invalid_request' }],
    [
      'what is too large',
      ['subscribe', { v: 1, q: 'x'.repeat(40_000) }],
      { event: 'subscribe', code: 'invalid_request' },
    ],
    ['a position far ahead', ['subscribe', { v: 1, query: {}, at: [99, 1] }], { code: 'behind', retry_after_ms: 1000 }],
  ])('that sends %s is told by an error event', async (_what, values, error) => {
    const one = await hand();
    one.say(...values);
    expect(await next(one, 'error')).toMatchObject({ ...error, error: expect.any(String) });
    one.say('subscribe', { v: 1, query: QUERY });
    expect(await next(one, 'snapshot')).toMatchObject({ total: 1 });
  });

  it('is not sent back what it made up: an error stays short', async () => {
    const one = await hand();
    const fields = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`field${index}`, 1]));
    one.say('subscribe', { v: 1, query: { ...fields } });
    expect(String((await next(one, 'error'))['error']).length).toBeLessThan(400);
  });

  it('that floods is told a bounded number of times: less comes back than it sent', async () => {
    const one = await hand();
    for (let each = 0; each < 400; each += 1) one.say('x');
    one.say('subscribe', { v: 1, query: { limit: 201 } });
    const other = await hand();
    other.say('subscribe', { v: 1, query: QUERY });
    await next(other, 'snapshot');
    await eventually('it is told', () => one.errors().length > 0);
    expect(one.errors().length).toBeLessThanOrEqual(25);
    for (let each = 0; each < 1500; each += 1) one.say('x');
    await eventually('it is cut off', () => one.isClosed);
    expect(one.errors().length).toBeLessThanOrEqual(30);
  });
});

import { RawSocketIo } from '../../../test/given/raw-socket-io';
import { type GivenGateway, GivenProjection, eventually, givenGateway, idOf, untilReady } from './given';

interface Answer {
  ok: boolean;
  code?: string;
  error?: string;
  retry_after_ms?: number;
}

jest.setTimeout(60_000);

describe('what one address uses up', () => {
  let projection: GivenProjection;
  const closers: (() => unknown)[] = [];

  const gatewayWith = async (env: Record<string, string>): Promise<GivenGateway> => {
    const gateway = await givenGateway(projection, { TRUSTED_PROXIES: '1', ...env });
    closers.push(() => gateway.close());
    await untilReady(gateway);
    return gateway;
  };

  /** Sockets that come from an address, as a proxy says it. */
  const sockets = async (url: string, address: string, count: number) => {
    const all = await Promise.all(
      Array.from({ length: count }, async () => {
        let isConnected = false;
        const socket = new RawSocketIo(
          { url, headers: { 'X-Forwarded-For': address } },
          { connected: () => (isConnected = true), pushed: () => undefined },
        );
        closers.push(() => socket.websocket.cut());
        await eventually('it is connected', () => isConnected);
        return (event: string, payload: object) =>
          new Promise<Answer>((resolve) => socket.emit(event, payload, (answer) => resolve(answer as Answer)));
      }),
    );
    const first = all[0];
    if (!first) throw new Error('no socket');
    return { all, first };
  };
  const subscribe = (query: object, more: object = {}) => ['subscribe', { v: 1, query, ...more }] as const;
  const codes = (answers: Answer[]) => new Set(answers.map(({ ok, code }) => (ok ? 'ok' : code)));

  beforeEach(async () => {
    projection = new GivenProjection();
    closers.push(() => projection.close());
    await projection.rebuild();
    await projection.session(1);
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it('of texts and lists leaves others theirs: 250 sockets ask 2000 different questions', async () => {
    const { url } = await gatewayWith({});
    const greedy = await sockets(url, '192.0.2.1', 250);
    const answers = await Promise.all(
      greedy.all.flatMap((ask, socket) =>
        Array.from({ length: 8 }, (_, n) => ask(...subscribe({ q: `${socket}.${n}` }))),
      ),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(100);
    expect(codes(answers)).toEqual(new Set(['ok', 'too_many_views']));
    const other = await sockets(url, '192.0.2.2', 1);
    expect(await other.first(...subscribe({ q: 'jazz' }))).toMatchObject({ ok: true });
    expect(await other.first(...subscribe({ limit: 17 }))).toMatchObject({ ok: true });
    expect(await other.first('watch', { ids: [idOf(1)] })).toMatchObject({ ok: true });
    const plain = await sockets(url, '192.0.2.1', 1);
    expect(await plain.first(...subscribe({ limit: 18 }))).toMatchObject({ ok: true });
    expect(await plain.first('watch', { ids: [idOf(2)] })).toMatchObject({ ok: true });
  });

  it.each<[string, (n: number) => readonly [string, object]]>([
    ['VIEWS_PER_ADDRESS', (n: number) => subscribe({ limit: n })],
    ['TEXT_VIEWS_PER_ADDRESS', (n: number) => subscribe({ q: `text ${n}` })],
  ])('%s says how many views', async (name, question) => {
    const { url } = await gatewayWith({ [name]: '2' });
    const [one, other] = [await sockets(url, '2001:db8:0:1::1', 2), await sockets(url, '2001:db8:0:1:ffff::2', 1)];
    expect(await one.all[0]?.(...question(1))).toMatchObject({ ok: true });
    expect(await one.all[1]?.(...question(2))).toMatchObject({ ok: true });
    expect(await other.first(...question(3))).toMatchObject({ code: 'too_many_views', retry_after_ms: 1000 });
    expect(await other.first(...question(1))).toMatchObject({ ok: true });
    expect(await (await sockets(url, '2001:db8:0:2::1', 1)).first(...question(3))).toMatchObject({ ok: true });
  });

  it('WATCHES_PER_ADDRESS says how many sessions its sockets may watch, together', async () => {
    const { url } = await gatewayWith({ WATCHES_PER_ADDRESS: '2' });
    const watch = (...which: number[]) => ['watch', { ids: which.map(idOf) }] as const;
    const one = await sockets(url, '2001:db8:0:1::1', 2);
    expect(await one.all[0]?.(...watch(1))).toMatchObject({ ok: true });
    expect(await one.all[1]?.(...watch(1, 2))).toMatchObject({ code: 'too_many_views', retry_after_ms: 1000 });
    expect(await one.all[0]?.('watch', { add: [idOf(2)] })).toMatchObject({ ok: true, mode: 'same' });
    expect(await one.all[1]?.(...watch(1))).toMatchObject({ code: 'too_many_views' });
    const other = await sockets(url, '2001:db8:0:2::1', 1);
    expect(await other.first(...watch(1, 2))).toMatchObject({ ok: true });
    expect(await one.all[0]?.('unwatch', { ids: [idOf(1)] })).toMatchObject({ ok: true, mode: 'snapshot', total: 0 });
    expect(await one.all[1]?.(...watch(1))).toMatchObject({ ok: true });
  });

  it('MESSAGES_PER_ADDRESS says how many messages a second, of all its sockets together', async () => {
    const { url } = await gatewayWith({ MESSAGES_PER_ADDRESS: '5' });
    const { all } = await sockets(url, '192.0.2.1', 10);
    const answers = await Promise.all(all.flatMap((ask) => Array.from({ length: 5 }, () => ask('unwatch', {}))));
    expect(codes(answers)).toEqual(new Set(['unknown_view', 'rate_limited']));
    expect(answers.filter(({ code }) => code === 'rate_limited').length).toBeGreaterThan(20);
    expect(answers.find(({ code }) => code === 'rate_limited')?.retry_after_ms).toBeGreaterThan(0);
    const other = await sockets(url, '192.0.2.2', 1);
    expect(await other.first(...subscribe({}))).toMatchObject({ ok: true });
  });

  it('WAITING_PER_ADDRESS says how many may wait until the gateway is where they were', async () => {
    const { url } = await gatewayWith({ WAITING_PER_ADDRESS: '3' });
    const [{ all }, other] = [await sockets(url, '192.0.2.1', 5), await sockets(url, '192.0.2.2', 1)];
    const ahead = subscribe({}, { at: [2, 50] });
    const answers = await Promise.all([...all.map((ask) => ask(...ahead)), other.first(...ahead)]);
    expect(answers.filter(({ code }) => code === 'behind')).toHaveLength(4);
    expect(answers.filter(({ code }) => code === 'rate_limited')).toHaveLength(2);
  });

  it('CONNECTIONS_PER_ADDRESS counts a network of IPv6 as one', async () => {
    const { url } = await gatewayWith({ CONNECTIONS_PER_ADDRESS: '1' });
    await sockets(url, '2001:db8::1', 1);
    let status = 0;
    const headers = { 'X-Forwarded-For': '2001:db8::2' };
    const nobody = { connected: () => undefined, pushed: () => undefined };
    const turned = new RawSocketIo({ url, headers }, { ...nobody, closed: (code) => (status = code) });
    closers.push(() => turned.websocket.cut());
    await eventually('it is turned away', () => status === 429);
  });
});

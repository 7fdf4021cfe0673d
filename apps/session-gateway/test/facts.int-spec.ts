import { FactsReader } from '#libs/service-host';
import Redis from 'ioredis';
import { io } from 'socket.io-client';
import { type GivenGateway, GivenProjection, eventually, givenGateway, redisUrl } from './given';

jest.setTimeout(60_000);

describe('what a gateway says of itself', () => {
  let projection: GivenProjection;
  let gateway: GivenGateway;
  let reader: FactsReader;
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    projection = new GivenProjection();
    await projection.rebuild();
    gateway = await givenGateway(projection);
    reader = new FactsReader({ redisUrl, tag: projection.tag });
  });
  afterAll(async () => {
    for (const close of closers) close();
    await gateway?.close();
    reader?.close();
    await projection?.close();
  });

  const facts = async () => (await reader.read()).processes.find(({ service }) => service === 'session-gateway');

  it('has its sockets, and its views with what they ask and who follows them', async () => {
    await projection.sessions([1, 2, 3]);
    for (const query of [{ status: ['live'] }, { status: ['live'] }, { status: ['live'], limit: 7 }]) {
      const socket = io(gateway.url, { transports: ['websocket'], forceNew: true });
      closers.push(() => socket.close());
      expect(await socket.timeout(10_000).emitWithAck('subscribe', { v: 1, query })).toMatchObject({ ok: true });
    }
    await eventually(
      'it says so',
      async () => {
        const said = (await facts())?.gateway;
        expect(said).toMatchObject({ sockets: 3, views_total: 2, sessions: 3, stretch: expect.any(Number) as unknown });
        expect(said?.views.map(({ followers }) => followers)).toEqual([2, 1]);
        expect(JSON.parse(said?.views[1]?.question ?? '')).toMatchObject({ status: ['live'], limit: 7 });
        return true;
      },
      20_000,
    );
    await eventually(
      'frames are counted',
      async () => {
        await projection.count(1, Math.ceil(Math.random() * 900));
        return ((await facts())?.gateway?.frames_per_second['delta'] ?? 0) > 0;
      },
      20_000,
    );
  });

  it('stays where the projection is cleaned, inspected and built anew', async () => {
    const redis = new Redis(redisUrl);
    closers.push(() => redis.disconnect());
    expect(await redis.keys(`{${projection.tag}}:facts*`)).toHaveLength(2);
    await projection.rebuild();
    await projection.writer.clean();
    await redis.set(`{${projection.tag}}:1:sessions`, 'of a dead epoch');
    await projection.writer.clean();
    expect(await redis.keys(`{${projection.tag}}:1:*`)).toEqual([]);
    expect(await redis.keys(`{${projection.tag}}:facts*`)).toHaveLength(2);
    expect(await projection.writer.inspect()).toMatchObject({ lost: null });
    expect(await facts()).toMatchObject({ service: 'session-gateway' });
  });
});

import Redis from 'ioredis';
import { LightClient } from '../../../test/given/light-client';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { type GivenGateway, GivenProjection, eventually, givenGateway, redisUrl } from './given';

const QUERY = { sort: 'started_at', order: 'asc', limit: 3 };
/** More than the gateway takes to notice, and than a busy machine adds. */
const NOTICED_WITHIN_MS = 20_000;

describe('while the gateway cannot follow Redis', () => {
  let projection: GivenProjection;
  let proxy: FaultProxy;
  let gateway: GivenGateway;
  let client: LightClient;
  let redis: Redis;
  /** Every list that the client was shown. */
  let shown: string[];

  const titles = () => Array.from(client.held.cards.values(), ({ title }) => title ?? '').sort();
  const shows = (what: string, ...wanted: string[]) =>
    eventually(what, () => !client.held.stale && titles().join() === wanted.join(), NOTICED_WITHIN_MS);
  const saysStale = () => eventually('it says that its list is old', () => client.held.stale, NOTICED_WITHIN_MS);
  const keys = () => redis.keys(`{${projection.tag}}:*`);

  beforeEach(async () => {
    redis = new Redis(redisUrl);
    projection = new GivenProjection();
    await projection.rebuild();
    await projection.sessions([1, 2]);
    proxy = await FaultProxy.listen();
    proxy.leadTo(new URL(redisUrl).host);
    gateway = await givenGateway(projection, { REDIS_URL: proxy.through(redisUrl) });
    shown = [];
    client = new LightClient({
      url: () => gateway.url,
      query: QUERY,
      changed: ({ held }) => shown.push(`${held.total}: ${titles().join()}`),
    });
    await shows('it has the list', 'session 1', 'session 2');
  });
  afterEach(async () => {
    client.close();
    await gateway.close();
    proxy.mend();
    await proxy.close();
    await projection.close();
    redis.disconnect();
  });

  const readiness = async () => (await fetch(`${gateway.url}/health/ready`)).json();

  it('whose connections are dead without a word, clients are told, keep their list, and get what they missed', async () => {
    proxy.hole();
    await saysStale();
    expect(await readiness()).toEqual({ status: 'degraded' });
    expect(titles()).toEqual(['session 1', 'session 2']);
    await projection.session(3);
    await projection.end(1);
    proxy.mend();
    await shows('it has the list again', 'session 2', 'session 3');
    expect(await readiness()).toEqual({ status: 'ok' });
    expect(client.answers).toEqual(['snapshot']);
  });

  it('a client that comes then is told that the list it gets is old', async () => {
    proxy.refuse();
    await saysStale();
    const late = new LightClient({ url: () => gateway.url, query: QUERY });
    await eventually('it has the list, and knows', () => late.held.stale && late.held.cards.size === 2);
    late.close();
  });

  it('a gap in the log is loaded over: no client sees it', async () => {
    proxy.hole();
    // By then no read of the log waits in Redis any more: the hole would keep its answer, and there would be no gap.
    await saysStale();
    await projection.session(3);
    await projection.end(1);
    const [log = ''] = (await keys()).filter((key) => key.endsWith(':log'));
    const entries = await redis.xrange(log, '-', '+');
    for (const [id] of entries.slice(0, -1)) await redis.xdel(log, id);
    proxy.mend();
    await shows('it has the list', 'session 2', 'session 3');
    expect(client.answers).toEqual(['snapshot']);
    expect(new Set(shown)).toEqual(new Set(['2: session 1,session 2', '2: session 2,session 3']));
  });

  it('that lost everything, clients keep their list until a new epoch is whole, and see nothing between', async () => {
    await redis.unlink(...(await keys()));
    await saysStale();
    projection.truth.delete([...projection.truth.keys()][0] ?? '');
    await projection.rebuild();
    await shows('it has the list of the new epoch', 'session 2');
    expect(client.held.at?.[0]).toBe(3);
    expect(new Set(shown)).toEqual(new Set(['2: session 1,session 2', '1: session 2']));
    expect([client.answers, client.wrongs]).toEqual([['snapshot'], []]);
  });
});

import { ProjectionWriter } from '#libs/live-projection';
import Redis from 'ioredis';
import { eventually } from '../../test/given/eventually';
import type { Arena } from '../machinery/arena';
import type { Bench, Measured } from '../machinery/course';
import { Crowd } from '../push/crowd';
import type { CrowdOrder } from '../push/crowd.main';
import { type GivenGateway, givenGateway } from '../push/given-gateway';
import { givenPeer } from '../push/given-peer';
import { MovingList } from '../push/moving-list';
import { givenProjection } from './given';

const SUBSCRIBERS = 10_000;
const SESSIONS = 100_000;
/** Who came before: what a process needs once is there. */
const WARM = 500;
const JOINS_PER_SECOND = 1200;
const IDLE_MS = 3000;
const QUERY = { sort: 'viewer_count', limit: 50 } as const;

const PER_SUBSCRIBER = 'KB/subscriber';
const GATEWAY = 'MB of the gateway for 100 000 sessions';
const REDIS = 'MB of Redis for 100 000 sessions';
const STOCK = 'stock Socket.IO';

export const bench: Bench = {
  about: 'memory of 10 000 idle subscribers, and of 100 000 live sessions in the gateway and in Redis',
  prepare: async (arena, { scale }) => {
    const subscribers = Math.max(200, Math.round(SUBSCRIBERS * scale));
    const sessions = Math.max(100, Math.round(SESSIONS * scale));
    return {
      ours: {
        name: 'ours',
        run: async () => ({ ...(await idleSubscribers(arena, subscribers)), ...(await liveSessions(arena, sessions)) }),
      },
      against: [{ name: STOCK, run: () => stockOnce(arena, subscribers) }],
      headline: PER_SUBSCRIBER,
      targets: [
        { name: 'memory per subscriber, to stock', metric: PER_SUBSCRIBER, against: STOCK, bound: { atMost: 1.15 } },
        { name: GATEWAY, metric: GATEWAY, bound: { atMost: 150 } },
        { name: REDIS, metric: REDIS, bound: { atMost: 150 } },
      ],
      close: async () => undefined,
    };
  },
};

async function idleSubscribers(arena: Arena, subscribers: number): Promise<Measured> {
  const list = new MovingList(arena.redisUrl);
  await list.load(200);
  const gateway = await givenGateway(arena, { REDIS_HASH_TAG: list.tag }, arena.startProbed);
  try {
    return await perSubscriber(gateway, { kind: 'marquee', query: QUERY }, subscribers);
  } finally {
    await gateway.process.stop();
    await list.close();
  }
}

async function stockOnce(arena: Arena, subscribers: number): Promise<Measured> {
  const peer = await givenPeer(arena, 'memory/peers/stock-socket-io/main.js', {}, arena.startProbed);
  try {
    return await perSubscriber(peer, { kind: 'stock' }, subscribers);
  } finally {
    await peer.process.stop();
  }
}

/** All offer to deflate, as browsers do. */
async function perSubscriber(
  { process, url }: Omit<GivenGateway, 'operationsUrl'>,
  order: Pick<CrowdOrder, 'kind' | 'query'>,
  subscribers: number,
): Promise<Measured> {
  const joining = { ...order, url, deflates: true, perSecond: JOINS_PER_SECOND };
  const warm = await Crowd.join({ ...joining, clients: WARM }, 1);
  await idle();
  const before = await process.memoryBytes();
  const crowd = await Crowd.join({ ...joining, clients: subscribers });
  await idle();
  const after = await process.memoryBytes();
  await crowd.leave();
  await warm.leave();
  return {
    [PER_SUBSCRIBER]: (after.rss - before.rss) / subscribers / 1024,
    'KB in use/subscriber': (after.used - before.used) / subscribers / 1024,
  };
}

async function liveSessions(arena: Arena, sessions: number): Promise<Measured> {
  const tag = `bench-memory-${Date.now()}`;
  const writer = new ProjectionWriter({ url: arena.redisUrl, tag });
  const redis = new Redis(arena.redisUrl);
  await writer.rebuild(1, givenProjection(1));
  const { process, url, operationsUrl } = await givenGateway(arena, { REDIS_HASH_TAG: tag }, arena.startProbed);
  const crowd = await Crowd.join({ url, kind: 'marquee', query: QUERY, clients: 1, perSecond: 10 }, 1);
  try {
    const [before, redisBefore] = [await process.memoryBytes(), await usedByRedis(redis)];
    await writer.rebuild(2, givenProjection(sessions));
    await writer.clean();
    await eventually('the gateway has all', async () => {
      const health = await (await fetch(`${operationsUrl}/health/ready`)).text();
      if (health.includes(`"sessions":${sessions}`)) return true;
      throw new Error(health);
    });
    await idle();
    const [after, redisAfter] = [await process.memoryBytes(), await usedByRedis(redis)];
    const per100k = 100_000 / sessions / 2 ** 20;
    return {
      [GATEWAY]: (after.used - before.used) * per100k,
      'the same, as the system sees it': (after.rss - before.rss) * per100k,
      [REDIS]: (redisAfter - redisBefore) * per100k,
    };
  } finally {
    await crowd.leave();
    await process.stop();
    await writer.close();
    const keys = await redis.keys(`{${tag}}:*`);
    await redis.unlink(...keys);
    redis.disconnect();
  }
}

async function usedByRedis(redis: Redis): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
}

function idle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, IDLE_MS));
}

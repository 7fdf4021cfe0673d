import Redis from 'ioredis';
import { Marquee } from '#libs/client';
import { eventually } from '../../test/given/eventually';
import type { Arena } from '../machinery/arena';
import type { Bench, Measured } from '../machinery/course';
import { Crowd } from '../push/crowd';
import type { CrowdOrder } from '../push/crowd.main';
import { type GivenGateway, givenGateway } from '../push/given-gateway';
import { givenPeer } from '../push/given-peer';
import { type Moves, every } from '../push/moves';
import { MovingList, sessionId } from '../push/moving-list';

const WATCHERS = 10_000;
const SESSIONS = 10_000;
const JOINS_PER_SECOND = 300;
const BATCH_EVERY_MS = 50;
const SETTLED_MS = 3000;
const WATCHED_MS = 15_000;
/** Who came before: what a process needs once is there. */
const WARM = 200;

const CPU = 'CPU µs/watcher/s';
const MEMORY = 'KB/watcher';
const STOCK = 'a Socket.IO room per session';

export const bench: Bench = {
  about: '10 000 sockets watch 10 000 sessions, few of them most of it; each session is counted twice a second',
  prepare: async (arena, { scale }) => {
    const [watchers, sessions] = [WATCHERS, SESSIONS].map((count) => Math.max(50, Math.round(count * scale)));
    const of = { watchers: watchers ?? 0, sessions: sessions ?? 0 };
    return {
      ours: { name: 'ours', run: () => oursOnce(arena, of) },
      against: [{ name: STOCK, run: () => stockOnce(arena, of) }],
      headline: CPU,
      targets: [
        { name: 'CPU per watcher, to a room per session', metric: CPU, against: STOCK, bound: { atMost: 0.5 } },
        { name: 'memory per watcher, to a room per session', metric: MEMORY, against: STOCK, bound: { atMost: 0.5 } },
      ],
      close: async () => undefined,
    };
  },
};

interface Size {
  watchers: number;
  sessions: number;
}

async function oursOnce(arena: Arena, size: Size): Promise<Measured> {
  const list = new MovingList(arena.redisUrl);
  await list.load(size.sessions);
  const gateway = await givenGateway(arena, { REDIS_HASH_TAG: list.tag }, arena.startProbed);
  const client = new Marquee({ gateway: gateway.url });
  const shown = client.watch([sessionId(1), sessionId(2), sessionId(size.sessions)], () => undefined);
  try {
    const moves = counting(size.sessions, async (changes) => {
      for (const [n, viewers] of changes) list.count(n, viewers);
      await list.write();
    });
    const measured = await watched(gateway, 'marquee', size, moves);
    const wanted = JSON.stringify([1, 2, size.sessions].map((n) => list.card(n)));
    await eventually('a client of the SDK shows the sessions that it watches', async () => {
      const { sessions } = shown.current;
      if (JSON.stringify(sessions) === wanted) return true;
      throw new Error(JSON.stringify(sessions));
    });
    return measured;
  } finally {
    client.close();
    await gateway.process.stop();
    await list.close();
  }
}

async function stockOnce(arena: Arena, size: Size): Promise<Measured> {
  const redis = new Redis(arena.redisUrl);
  const channel = `bench-${Date.now()}`;
  const env = { REDIS_URL: arena.redisUrl, CHANNEL: channel };
  const peer = await givenPeer(arena, 'watchers/peers/room-per-session/main.js', env, arena.startProbed);
  try {
    const moves = counting(size.sessions, async (changes) => {
      const told = changes.map(([n, viewers]) => [sessionId(n), viewers, 999]);
      await redis.publish(channel, JSON.stringify(told));
    });
    return await watched(peer, 'stock', size, moves);
  } finally {
    await peer.process.stop();
    redis.disconnect();
  }
}

/** Each session is counted twice a second, one after the other. */
function counting(sessions: number, write: (changes: [number, number][]) => Promise<void>): Moves {
  let change = 0;
  const perBatch = Math.ceil((2 * sessions * BATCH_EVERY_MS) / 1000);
  return every(BATCH_EVERY_MS, () => {
    const changes = Array.from({ length: perBatch }, (): [number, number] => {
      change += 1;
      return [(change % sessions) + 1, change % 900];
    });
    return write(changes);
  });
}

/** What a watcher adds to the process, and what it costs while the sessions are counted. */
async function watched(
  { process, url }: Pick<GivenGateway, 'process' | 'url'>,
  kind: 'marquee' | 'stock',
  { watchers, sessions }: Size,
  moves: Moves,
): Promise<Measured> {
  const order: CrowdOrder = { url, kind, watches: sessions, clients: WARM, perSecond: JOINS_PER_SECOND };
  const warm = await Crowd.join(order, 1);
  await passing(SETTLED_MS);
  const before = await process.memoryBytes();
  const crowd = await Crowd.join({ ...order, clients: watchers });
  try {
    await passing(SETTLED_MS);
    const after = await process.memoryBytes();
    moves.begin();
    await passing(SETTLED_MS);
    const [countBefore, cpuBefore, startedAt] = [await crowd.count(), process.cpuSeconds(), performance.now()];
    await passing(WATCHED_MS);
    const [count, cpu] = [await crowd.count(), process.cpuSeconds() - cpuBefore];
    const seconds = (performance.now() - startedAt) / 1000;
    await moves.end();
    if (count.lost > 0) throw new Error(`${count.lost} watchers were lost`);
    const frames = count.messages - countBefore.messages;
    if (frames < (watchers * seconds) / 2) throw new Error(`only ${frames} frames came in ${seconds} s`);
    return {
      [CPU]: (cpu * 1e6) / watchers / seconds,
      [MEMORY]: (after.rss - before.rss) / watchers / 1024,
      'KB in use/watcher': (after.used - before.used) / watchers / 1024,
      'CPU µs/frame': (cpu * 1e6) / frames,
      'frames/watcher/s': frames / watchers / seconds,
      'cores used': cpu / seconds,
    };
  } finally {
    await moves.end();
    await crowd.leave();
    await warm.leave();
  }
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

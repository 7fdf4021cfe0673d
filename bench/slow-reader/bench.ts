import Redis from 'ioredis';
import { RawSocketIo } from '../../test/given/raw-socket-io';
import type { Arena } from '../machinery/arena';
import type { ContestantProcess } from '../machinery/contestant-process';
import type { Bench, Measured } from '../machinery/course';
import { Crowd } from '../push/crowd';
import type { CrowdOrder } from '../push/crowd.main';
import { givenGateway } from '../push/given-gateway';
import { givenPeer } from '../push/given-peer';
import { type Moves, every } from '../push/moves';
import { MovingList } from '../push/moving-list';

const ROWS = 200;
const OTHERS = 20;
const WARM_MS = 8000;
const PAUSED_MS = 60_000;
const LOOK_EVERY_MS = 2000;
const BATCH_EVERY_MS = 50;
const CHANGES_PER_BATCH = 50;
/** These end and start again and again: a frame is due at once for each. */
const FLICKERING = 20;
/** Long enough that what the system holds for a paused client is full soon, whatever it allows. */
const TITLE_LENGTH = 250;
const QUERY = { sort: 'started_at', limit: ROWS } as const;
const HEADLINE = 'MB more at most';
const STOCK = 'stock Socket.IO';

type Publish = (texts: string[]) => Promise<unknown>;

export const bench: Bench = {
  about: 'one client that reads nothing for 60 s, while 1000 changes a second go to it and to 20 others',
  prepare: async (arena, { scale }) => {
    const pausedMs = Math.max(5000, PAUSED_MS * scale);
    return {
      ours: { name: 'ours', run: () => oursOnce(arena, pausedMs) },
      against: [{ name: STOCK, run: () => stockOnce(arena, pausedMs) }],
      headline: HEADLINE,
      targets: [
        { name: 'memory that a paused client costs, MB', metric: HEADLINE, bound: { atMost: 1 } },
        { name: 'the same, to stock', metric: HEADLINE, against: STOCK, bound: { atMost: 0.1 } },
        {
          name: 'messages to the others, to before',
          metric: 'of messages still come to others',
          bound: { atLeast: 0.95 },
        },
      ],
      close: async () => undefined,
    };
  },
};

async function oursOnce(arena: Arena, pausedMs: number): Promise<Measured> {
  const list = new MovingList(arena.redisUrl);
  await list.load(ROWS);
  const { process, url, operationsUrl } = await givenGateway(arena, { REDIS_HASH_TAG: list.tag }, arena.startProbed);
  try {
    const order: CrowdOrder = { url, kind: 'marquee', query: QUERY, clients: OTHERS, perSecond: 100 };
    const isRid = async () => {
      const metrics = await (await fetch(`${operationsUrl}/metrics`)).text();
      const sockets = Number(/^marquee_gateway_sockets (\d+)/m.exec(metrics)?.[1]);
      if (pausedMs === PAUSED_MS && sockets !== OTHERS) throw new Error(`${sockets} sockets are still open`);
    };
    return await watched(process, order, moving(list), pausedMs, isRid);
  } finally {
    await process.stop();
    await list.close();
  }
}

async function stockOnce(arena: Arena, pausedMs: number): Promise<Measured> {
  const list = new MovingList(arena.redisUrl);
  await list.load(ROWS);
  const redis = new Redis(arena.redisUrl);
  const env = { REDIS_URL: arena.redisUrl, CHANNEL: list.tag };
  const { process, url } = await givenPeer(arena, 'push/peers/stock-emit/main.js', env, arena.startProbed);
  try {
    const publish: Publish = (texts) => Promise.all(texts.map((text) => redis.publish(list.tag, text)));
    const order: CrowdOrder = { url, kind: 'stock', clients: OTHERS, perSecond: 100 };
    return await watched(process, order, moving(list, publish), pausedMs);
  } finally {
    await process.stop();
    redis.disconnect();
    await list.close();
  }
}

/** Edits all over the list; each is published as well, as the session's card, where that is asked for. */
function moving(list: MovingList, publish?: Publish): Moves {
  let [batch, change] = [0, 0];
  return every(BATCH_EVERY_MS, async () => {
    batch += 1;
    const flickering = (batch % FLICKERING) + 1;
    if (batch % (2 * FLICKERING) < FLICKERING) list.end(flickering);
    else list.start(flickering);
    const edited = Array.from({ length: CHANGES_PER_BATCH - 1 }, () => {
      change += 1;
      const n = FLICKERING + 1 + ((change * 7919) % (ROWS - FLICKERING));
      list.edit(n, `A session about something else, for the ${change}th time`.padEnd(TITLE_LENGTH, ', and more'));
      return n;
    });
    await list.write();
    await publish?.([flickering, ...edited].map((n) => JSON.stringify(list.card(n))));
  });
}

async function watched(
  process: ContestantProcess,
  order: CrowdOrder,
  moves: Moves,
  pausedMs: number,
  verify: () => Promise<void> = async () => undefined,
): Promise<Measured> {
  const others = await Crowd.join(order, 1);
  const paused = await joined(order);
  try {
    moves.begin();
    await passing(WARM_MS);
    const from = await others.count();
    await passing(WARM_MS);
    const usual = ((await others.count()).messages - from.messages) / WARM_MS;
    const before = await mostMemory(process, WARM_MS);
    const begin = await others.count();
    paused.websocket.pause();
    const most = await mostMemory(process, pausedMs);
    const end = await others.count();
    await moves.end();
    if (end.lost > 0) throw new Error(`${end.lost} of the others were lost`);
    await verify();
    return {
      [HEADLINE]: (most.used - before.used) / 2 ** 20,
      'MB more at most, as the system sees it': (most.rss - before.rss) / 2 ** 20,
      'of messages still come to others': (end.messages - begin.messages) / pausedMs / usual,
      'messages/s to each': (usual * 1000) / OTHERS,
    };
  } finally {
    paused.websocket.cut();
    await others.leave();
  }
}

/** Of one that reads all, until it is paused. */
async function joined({ url, kind, query }: CrowdOrder): Promise<RawSocketIo> {
  return new Promise((resolve) => {
    const client = new RawSocketIo(
      { url },
      {
        connected: () => {
          if (kind === 'marquee') client.emit('subscribe', { v: 1, query }, () => resolve(client));
          else resolve(client);
        },
        pushed: () => undefined,
      },
    );
  });
}

async function mostMemory(process: ContestantProcess, forMs: number): Promise<{ used: number; rss: number }> {
  const most = { used: 0, rss: 0 };
  for (let passed = 0; passed < forMs; passed += LOOK_EVERY_MS) {
    await passing(LOOK_EVERY_MS);
    const { used, rss } = await process.memoryBytes();
    most.used = Math.max(most.used, used);
    most.rss = Math.max(most.rss, rss);
  }
  return most;
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

import Redis from 'ioredis';
import type { Arena } from '../machinery/arena';
import type { ContestantProcess } from '../machinery/contestant-process';
import type { Bench, Contestant, Measured } from '../machinery/course';
import { Crowd } from '../push/crowd';
import type { CrowdOrder } from '../push/crowd.main';
import { givenGateway } from '../push/given-gateway';
import { givenPeer } from '../push/given-peer';
import type { Moves } from '../push/moves';
import { MovingList } from '../push/moving-list';
import { RealClients } from '../push/real-clients';
import { type Engine, centrifuge } from './centrifuge';
import { moving, singleChanges } from './changes';

const SOCKETS = 5000;
const JOINS_PER_SECOND = 1500;
const WATCHED_MS = 12_000;
const SETTLED_MS = 2000;
export const ROWS = 200;
const QUERY = { sort: 'started_at', limit: ROWS } as const;

const PER_FRAME = 'CPU µs/frame';
const PER_CHANGE = 'CPU µs/row change';
const BYTES = 'bytes/row change';
const FLOOR = 'a shared frame on bare ws';
const STOCK = 'stock emit of each change';
const CENTRIFUGE = "Centrifugo's engine";

/** Stock emit cannot do 1000 for so many: it gets as many as leave it idle most of the time. */
const CHANGES_PER_SECOND = { ours: 1000, stock: 6, centrifuge: 1000 };

export const bench: Bench = {
  about: 'one view of 200 rows, 5000 sockets, 1000 changes and 4 frames a second: CPU per frame and per row change',
  prepare: async (arena, { scale }) => {
    const sockets = Math.max(20, Math.round(SOCKETS * scale));
    let frameBytes = 8000;
    const ours = async (): Promise<Measured> => {
      const measured = await oursOnce(arena, sockets);
      frameBytes = Math.round(measured['bytes/frame'] ?? frameBytes);
      return measured;
    };
    const against: Contestant[] = [
      { name: FLOOR, run: () => floorOnce(arena, sockets, frameBytes) },
      { name: STOCK, run: () => stockOnce(arena, sockets) },
    ];
    const engine = await centrifuge(arena);
    if (engine) against.push({ name: CENTRIFUGE, run: () => centrifugeOnce(sockets, engine) });
    return {
      ours: { name: 'ours', run: ours },
      against,
      headline: PER_FRAME,
      targets: [
        { name: 'CPU per frame, to the floor', metric: PER_FRAME, against: FLOOR, bound: { atMost: 1.3 } },
        { name: 'CPU per row change, to stock emit', metric: PER_CHANGE, against: STOCK, bound: { atMost: 0.05 } },
        ...(engine
          ? [
              {
                name: 'CPU per row change, to the engine',
                metric: PER_CHANGE,
                against: CENTRIFUGE,
                bound: { atMost: 1 },
              },
              { name: 'bytes per row change, to the engine', metric: BYTES, against: CENTRIFUGE, bound: { atMost: 1 } },
            ]
          : []),
      ],
      close: async () => undefined,
    };
  },
};

async function oursOnce(arena: Arena, sockets: number): Promise<Measured> {
  const list = new MovingList(arena.redisUrl);
  await list.load(ROWS);
  const { process, url } = await givenGateway(arena, { REDIS_HASH_TAG: list.tag });
  const order: CrowdOrder = { url, kind: 'marquee', query: QUERY, clients: sockets, perSecond: JOINS_PER_SECOND };
  const clients = new RealClients(url, QUERY);
  try {
    const moves = moving(list, CHANGES_PER_SECOND.ours, ROWS);
    const measured = await watched(process, order, moves);
    await clients.show(list.cards(ROWS));
    return measured;
  } finally {
    clients.close();
    await process.stop();
    await list.close();
  }
}

async function floorOnce(arena: Arena, sockets: number, frameBytes: number): Promise<Measured> {
  const { process, url } = await givenPeer(arena, 'fanout/peers/shared-frame/main.js', {
    FRAME_BYTES: String(frameBytes),
  });
  try {
    const measured = await watched(process, { url, kind: 'raw', clients: sockets, perSecond: JOINS_PER_SECOND });
    return { [PER_FRAME]: measured[PER_FRAME] ?? NaN, 'frames/s': measured['frames/s'] ?? NaN };
  } finally {
    await process.stop();
  }
}

async function stockOnce(arena: Arena, sockets: number): Promise<Measured> {
  const redis = new Redis(arena.redisUrl);
  const channel = `bench-${Date.now()}`;
  const { process, url } = await givenPeer(arena, 'push/peers/stock-emit/main.js', {
    REDIS_URL: arena.redisUrl,
    CHANNEL: channel,
  });
  try {
    const order: CrowdOrder = { url, kind: 'stock', clients: sockets, perSecond: JOINS_PER_SECOND };
    const publish = (texts: string[]) => Promise.all(texts.map((text) => redis.publish(channel, text)));
    return await watched(process, order, singleChanges(publish, CHANGES_PER_SECOND.stock, ROWS));
  } finally {
    await process.stop();
    redis.disconnect();
  }
}

async function centrifugeOnce(sockets: number, engine: Engine) {
  const { process, url, publish } = await engine.start();
  try {
    const moves = singleChanges(publish, CHANGES_PER_SECOND.centrifuge, ROWS);
    // All changes, for a tenth of the sockets: more than one core can do.
    const joining = { ...engine.order, url, clients: Math.ceil(sockets / 10), perSecond: JOINS_PER_SECOND };
    return await watched(process, joining, moves);
  } finally {
    await process.stop();
  }
}

/** What a contestant used while a crowd listened to it, per frame and per row change that arrived. */
async function watched(process: ContestantProcess, order: CrowdOrder, moves?: Moves): Promise<Measured> {
  const crowd = await Crowd.join(order);
  try {
    moves?.begin();
    await passing(SETTLED_MS);
    const [before, cpuBefore] = [await crowd.count(), process.cpuSeconds()];
    const startedAt = performance.now();
    await passing(WATCHED_MS);
    const [after, cpuAfter] = [await crowd.count(), process.cpuSeconds()];
    const seconds = (performance.now() - startedAt) / 1000;
    await moves?.end();
    const frames = after.messages - before.messages;
    const rowsPerFrame = (after.rowsOfOne - before.rowsOfOne) / (after.messagesOfOne - before.messagesOfOne);
    const cpuUs = (cpuAfter - cpuBefore) * 1e6;
    const bytes = after.bytes - before.bytes;
    if (after.lost > 0) throw new Error(`${after.lost} clients were lost`);
    return {
      [PER_FRAME]: cpuUs / frames,
      [PER_CHANGE]: cpuUs / (frames * rowsPerFrame),
      [BYTES]: bytes / (frames * rowsPerFrame),
      'bytes/frame': bytes / frames,
      'frames/s': frames / seconds,
      'rows/frame': rowsPerFrame,
      'cores used': cpuUs / 1e6 / seconds,
    };
  } finally {
    await crowd.leave();
  }
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

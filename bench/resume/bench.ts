import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';
import Redis from 'ioredis';
import { eventually } from '../../test/given/eventually';
import type { Arena } from '../machinery/arena';
import type { ContestantProcess } from '../machinery/contestant-process';
import type { Bench, Measured } from '../machinery/course';
import { median } from '../machinery/summary';
import { givenGateway } from '../push/given-gateway';
import { givenPeer } from '../push/given-peer';
import { type Moves, every } from '../push/moves';
import { MovingList, sessionId } from '../push/moving-list';
import { type CutOrder, type JudgeOrder, type Judged, type ReturnOrder, rowText } from './returning';

const CLIENTS = 5000;
const JOINS_PER_SECOND = 500;
const ROWS = 20;
const CUT_WITHIN_MS = 20_000;
const AWAY_MS = 2000;
const CHANGE_EVERY_MS = 200;
const PROCESSES = 2;
const QUERY = { sort: 'started_at', limit: 50 } as const;
const CORRECT = '% correct';
const ONCE = 'default Socket.IO';
const EACH_TIME = 'a list at each return';
const BYTES = 'bytes/return';

type Publish = (text: string) => Promise<unknown>;

export const bench: Bench = {
  about: '5000 clients that are cut at random and stay away for 2 s and more, while the list moves',
  prepare: async (arena, { scale }) => {
    const order = { clients: Math.max(20, Math.round(CLIENTS * scale)), query: QUERY, awayMs: AWAY_MS };
    return {
      ours: { name: 'ours', run: () => oursOnce(arena, order) },
      against: [
        { name: ONCE, run: () => stockOnce(arena, { ...order, kind: 'once' }) },
        { name: EACH_TIME, run: () => stockOnce(arena, { ...order, kind: 'each-time' }) },
      ],
      headline: CORRECT,
      targets: [
        { name: '% of clients that end with the list', metric: CORRECT, bound: { atLeast: 100 } },
        { name: 'bytes of a return, to a whole list', metric: BYTES, against: EACH_TIME, bound: { atMost: 1 } },
      ],
      close: async () => undefined,
    };
  },
};

type Joining = Omit<ReturnOrder, 'url' | 'kind' | 'perSecond'>;

async function oursOnce(arena: Arena, order: Joining): Promise<Measured> {
  const list = new MovingList(arena.redisUrl);
  await list.load(ROWS);
  const { process, url } = await givenGateway(arena, { REDIS_HASH_TAG: list.tag });
  try {
    const joining: ReturnOrder = { ...order, url, kind: 'marquee', perSecond: JOINS_PER_SECOND };
    return await watched(process, joining, list, moving(list));
  } finally {
    await process.stop();
    await list.close();
  }
}

async function stockOnce(arena: Arena, order: Omit<ReturnOrder, 'url' | 'perSecond'>): Promise<Measured> {
  const list = new MovingList(arena.redisUrl);
  await list.load(ROWS);
  const redis = new Redis(arena.redisUrl);
  const env = { REDIS_URL: arena.redisUrl, CHANNEL: list.tag };
  const { process, url } = await givenPeer(arena, 'resume/peers/default-socket-io/main.js', env);
  try {
    const publish: Publish = (text) => redis.publish(list.tag, text);
    for (let n = 1; n <= ROWS; n += 1) await publish(JSON.stringify(list.card(n)));
    return await watched(process, { ...order, url, perSecond: JOINS_PER_SECOND }, list, moving(list, publish));
  } finally {
    await process.stop();
    redis.disconnect();
    await list.close();
  }
}

/** One change after the other: counts and edits, and every tenth time the oldest session ends and another begins. */
function moving(list: MovingList, publish?: Publish): Moves {
  let [step, oldest] = [0, 1];
  return every(CHANGE_EVERY_MS, async () => {
    step += 1;
    const n = oldest + 1 + ((step * 7) % (ROWS - 1));
    const told: string[] = [];
    if (step % 10 === 0) {
      list.end(oldest);
      list.start(oldest + ROWS);
      told.push(JSON.stringify({ id: sessionId(oldest), isGone: true }), JSON.stringify(list.card(oldest + ROWS)));
      oldest += 1;
    } else {
      if (step % 2 === 0) list.edit(n, `Edited at step ${step}`);
      else list.count(n, step % 1000);
      told.push(JSON.stringify(list.card(n)));
    }
    await list.write();
    for (const text of told) await publish?.(text);
  });
}

async function watched(
  process: ContestantProcess,
  order: ReturnOrder,
  list: MovingList,
  moves: Moves,
): Promise<Measured> {
  const children = Array.from({ length: PROCESSES }, () =>
    fork(join(repositoryRoot(), 'dist', 'bench', 'resume', 'returning.main.js'), { stdio: 'inherit' }),
  );
  const each = (message: ReturnOrder | CutOrder) => children.forEach((child) => child.send(message));
  try {
    const clients = Math.ceil(order.clients / PROCESSES);
    each({ ...order, clients, perSecond: order.perSecond / PROCESSES });
    await eventually('all follow', () => allFollow(children, clients * PROCESSES), 120_000);
    moves.begin();
    const cpu = process.cpuSeconds();
    each({ cutWithinMs: CUT_WITHIN_MS });
    await new Promise((resolve) => setTimeout(resolve, CUT_WITHIN_MS + AWAY_MS));
    await eventually('all have come back', () => allFollow(children, clients * PROCESSES), 60_000);
    const usedCpu = process.cpuSeconds() - cpu;
    await moves.end();
    return { ...(await judged(children, list, clients * PROCESSES)), 'CPU s of the server': usedCpu };
  } finally {
    for (const child of children) child.disconnect();
  }
}

async function allFollow(children: ChildProcess[], clients: number): Promise<true> {
  const answers = await Promise.all(children.map((child) => ask(child, { rows: [] })));
  const following = answers.reduce((sum, one) => sum + one.following, 0);
  if (following === clients) return true;
  throw new Error(`${following} of ${clients} follow`);
}

/** Given five seconds for what is still on its way. */
async function judged(children: ChildProcess[], list: MovingList, clients: number): Promise<Measured> {
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const rows = list.cards(ROWS).cards.map((card) => rowText(card));
  const answers = await Promise.all(children.map((child) => ask(child, { rows })));
  const wrongs = answers.flatMap((answer) => answer.wrongs);
  if (wrongs.length > 0) throw new Error(`clients saw what they must never see: ${wrongs.join('; ')}`);
  const returnMs = answers.flatMap((answer) => answer.returnMs).sort((a, b) => a - b);
  return {
    [CORRECT]: (answers.reduce((sum, { correct }) => sum + correct, 0) / clients) * 100,
    'ms to return': median(returnMs),
    'ms to return, p99': returnMs[Math.floor(returnMs.length * 0.99)] ?? NaN,
    [BYTES]: mean(answers.flatMap((answer) => answer.returnBytes)),
    returns: returnMs.length,
  };
}

async function ask(child: ChildProcess, order: JudgeOrder): Promise<Judged> {
  const answered = once(child, 'message');
  child.send(order);
  const [judgement] = (await answered) as [Judged];
  return judgement;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

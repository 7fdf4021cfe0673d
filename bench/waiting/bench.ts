import { percentile } from '../end-to-end/latencies';
import type { Arena } from '../machinery/arena';
import type { Bench, Measured } from '../machinery/course';
import { givenGateway } from '../push/given-gateway';
import { every } from '../push/moves';
import { MovingList } from '../push/moving-list';
import { Listeners } from './listeners';
import { titleAt } from './listeners.main';

const SERVED = 1000;
const WAITING = 10_000;
const JOINS_PER_SECOND = 500;
const ROWS = 10;
const START_EVERY_MS = 250;
const SETTLED_MS = 5000;
const WATCHED_MS = 20_000;
/** So far ahead that it is never reached, and near enough to be waited for. */
const AHEAD = 4000;
const QUERY = { sort: 'started_at', limit: ROWS } as const;
const MEDIAN = 'ms to the served, median';
const WITHOUT = 'without them';

export const bench: Bench = {
  about: '1000 served listeners, four starts a second, while 10 000 others wait to resume: the delay of the served',
  prepare: async (arena, { scale }) => {
    const [served, waiting] = [SERVED, WAITING].map((count) => Math.max(10, Math.round(count * scale)));
    return {
      ours: { name: 'ours', run: () => once(arena, served ?? 0, waiting ?? 0) },
      against: [{ name: WITHOUT, run: () => once(arena, served ?? 0, 0) }],
      headline: MEDIAN,
      targets: [{ name: 'delay of the served, to without', metric: MEDIAN, against: WITHOUT, bound: { atMost: 1.2 } }],
      close: async () => undefined,
    };
  },
};

async function once(arena: Arena, served: number, waiting: number): Promise<Measured> {
  const list = new MovingList(arena.redisUrl);
  await list.load(ROWS);
  const env = { REDIS_HASH_TAG: list.tag, MESSAGES_PER_ADDRESS: '1000000', WAITING_PER_ADDRESS: '100000' };
  const { process, url } = await givenGateway(arena, env);
  const crowds: Listeners[] = [];
  const join = async (clients: number, at?: [number, number]) => {
    const order = { url, clients, perSecond: JOINS_PER_SECOND, query: QUERY };
    const crowd = await Listeners.join({ ...order, ...(at && { at }) });
    crowds.push(crowd);
    return crowd;
  };
  const moves = starting(list);
  try {
    const listeners = await join(served);
    list.count(1, 1);
    const position = await list.write();
    if (!position) throw new Error('the projection is not there');
    const others = waiting > 0 ? await join(waiting, [position.epoch, position.seq + AHEAD]) : undefined;
    moves.begin();
    await passing(SETTLED_MS);
    await listeners.report();
    const [cpu, refused] = [process.cpuSeconds(), (await others?.report())?.refused ?? 0];
    await passing(WATCHED_MS);
    const [{ delaysMs, ...ofServed }, ofOthers] = [await listeners.report(), await others?.report()];
    for (const { lost, why } of [ofServed, ofOthers ?? { lost: 0, why: '' }]) {
      if (lost > 0) throw new Error(`${lost} were lost, the last by: ${why}; ${await dismissals(url)}`);
    }
    const expected = (served * WATCHED_MS) / START_EVERY_MS;
    if (delaysMs.length < expected * 0.8) throw new Error(`${delaysMs.length} frames came, not ${expected}`);
    delaysMs.sort((a, b) => a - b);
    return {
      [MEDIAN]: percentile(delaysMs, 50),
      'ms to the served, p95': percentile(delaysMs, 95),
      'ms to the served, p99': percentile(delaysMs, 99),
      'refusals/s': (((ofOthers?.refused ?? 0) - refused) / WATCHED_MS) * 1000,
      'cores used': ((process.cpuSeconds() - cpu) / WATCHED_MS) * 1000,
    };
  } finally {
    await moves.end();
    await Promise.all(crowds.map((crowd) => crowd.leave()));
    await process.stop();
    await list.close();
  }
}

/** Whom the gateway has closed, and why. */
async function dismissals(url: string): Promise<string> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return metrics
    .split('\n')
    .filter((line) => /^marquee_gateway_(dismissed|turned_away)_total/.test(line))
    .join(', ');
}

/** Another session starts, the one that is longest on air ends. */
function starting(list: MovingList) {
  let latest = ROWS;
  return every(START_EVERY_MS, async () => {
    latest += 1;
    list.end(latest - ROWS);
    list.start(latest);
    list.edit(latest, titleAt(Date.now()));
    await list.write();
  });
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';
import { eventually } from '../../test/given/eventually';
import { drain } from '../ingest/drain';
import { idOf } from '../ingest/given-events';
import { Marquee, type RunningLifecycle } from '../ingest/marquee';
import { TopicLog } from '../ingest/topic-log';
import { started } from '../ingest-viewers/backlog';
import type { Arena } from '../machinery/arena';
import type { Bench, Measured } from '../machinery/course';
import { Crowd } from '../push/crowd';
import { givenGateway } from '../push/given-gateway';
import { latencies, percentile } from './latencies';
import type { ObserveOrder, Observed } from './observing.main';
import type { Acked, ProduceOrder } from './producer.main';
import { stagesTable } from './stages';
import type { WatchOrder, Witnessed } from './watching.main';

const SOCKETS = 5000;
const WITNESSES = 20;
const SESSIONS = 10_000;
const EVENTS_PER_SECOND = 5000;
const FOR_MS = 30_000;
/** Its first seconds are not counted: processes that have just started compile what they run. */
const WARM_MS = 5000;
const SETTLED_MS = 5000;
const ROWS = 200;
/** Those that stay in the list while others start on top of it. */
const LOOKED = 100;
const QUERY = { sort: 'started_at', limit: ROWS } as const;
const EDGES_P99 = 'ms of starts and ends, p99';
const COUNTS_P99 = 'ms of counts, p99';

const SMALL = '500 events/s, 200 sockets: ';
const ALONE = 'without counts: ';
const BESIDE = 'p99 of starts and ends with counts to without';

interface Ground {
  arena: Arena;
  marquee: Marquee;
  subjects: string[];
}

interface Load {
  /** Counts; starts and ends come besides, four in a second. */
  perSecond: number;
  sockets: number;
}

export const bench: Bench = {
  about: "from a producer's ack to 5000 sockets, at 5000 events a second",
  prepare: async (arena, { scale }) => {
    const sessions = Math.max(ROWS, Math.round(SESSIONS * scale));
    const marquee = await Marquee.on(arena);
    const log = await TopicLog.connect(arena.kafkaBrokers);
    await marquee.prepare(async ({ process }) => {
      const until = await log.fill(marquee.topic('sessions'), started(sessions, Date.now()));
      const progress = () => log.committed(marquee.group('sessions'), marquee.topic('sessions'));
      const { serverCpuSeconds } = arena;
      await drain({ progress, until, cpuSeconds: () => process.cpuSeconds(), serverCpuSeconds });
    });
    const subjects = Array.from({ length: sessions }, (_, index) => idOf(`session${index + 1}`)).sort();
    const ground: Ground = { arena, marquee, subjects };
    const full: Load = {
      perSecond: EVENTS_PER_SECOND * Math.min(1, scale),
      sockets: Math.max(2 * WITNESSES, Math.round(SOCKETS * scale)),
    };
    const small: Load = { perSecond: full.perSecond / 10, sockets: Math.max(2 * WITNESSES, full.sockets / 25) };
    return {
      ours: { name: 'ours', run: () => threeLoads(ground, full, small) },
      against: [],
      headline: EDGES_P99,
      targets: [
        { name: EDGES_P99, metric: EDGES_P99, bound: { atMost: 250 } },
        { name: COUNTS_P99, metric: COUNTS_P99, bound: { atMost: 1500 } },
        { name: SMALL + EDGES_P99, metric: SMALL + EDGES_P99, bound: { atMost: 100 } },
        { name: SMALL + COUNTS_P99, metric: SMALL + COUNTS_P99, bound: { atMost: 1200 } },
        { name: BESIDE, metric: BESIDE, bound: { atMost: 1.3 } },
      ],
      close: async () => {
        await log.close();
        await marquee.close();
      },
    };
  },
};

async function threeLoads(ground: Ground, full: Load, small: Load): Promise<Measured> {
  const [atFull, atSmall] = [await endToEnd(ground, full), await endToEnd(ground, small)];
  const alone = await endToEnd(ground, { ...full, perSecond: 0 });
  return {
    ...atFull,
    ...named(SMALL, atSmall),
    ...named(ALONE, alone),
    [BESIDE]: (atFull[EDGES_P99] ?? NaN) / (alone[EDGES_P99] ?? NaN),
  };
}

function named(prefix: string, measured: Measured): Measured {
  return Object.fromEntries(Object.entries(measured).map(([metric, value]) => [prefix + metric, value]));
}

/** On the kept state itself: what an earlier load sent is not taken again. */
async function endToEnd(ground: Ground, load: Load): Promise<Measured> {
  let measured: Measured = {};
  await ground.marquee.prepare(async (running) => {
    measured = await measure(ground, running, load);
  });
  return measured;
}

async function measure(
  { arena, marquee, subjects }: Ground,
  running: RunningLifecycle,
  { perSecond, sockets }: Load,
): Promise<Measured> {
  const gateway = await givenGateway(arena, { REDIS_HASH_TAG: running.env['REDIS_HASH_TAG'] ?? '' });
  const { url } = gateway;
  const [producer, watching, observing] = [child('producer'), child('watching'), child('observing')];
  let crowd: Crowd | undefined;
  try {
    const watch: WatchOrder = { url, query: QUERY, clients: WITNESSES };
    watching.send(watch);
    // They come first, so that what they are shown first is the beginning of a frame's way.
    await once(watching, 'message');
    crowd = await Crowd.join({ url, kind: 'marquee', query: QUERY, clients: sockets - WITNESSES, perSecond: 1000 });
    const produce: ProduceOrder = {
      brokers: arena.kafkaBrokers,
      topics: { sessions: marquee.topic('sessions'), viewers: marquee.topic('viewers') },
      subjects,
      looked: LOOKED,
      perSecond,
      forMs: FOR_MS,
      // Above all that an earlier load has counted: a session is counted less than once a second.
      countsAbove: Math.floor(performance.now() / 1000),
    };
    const observe: ObserveOrder = {
      databaseUrl: running.databaseUrl,
      redisUrl: arena.redisUrl,
      tag: running.env['REDIS_HASH_TAG'] ?? '',
      looked: subjects.slice(0, LOOKED),
    };
    observing.send(observe);
    const [before, cpuBefore] = [await crowd.count(), [running.process.cpuSeconds(), gateway.process.cpuSeconds()]];
    producer.send(produce);
    const [acked] = (await once(producer, 'message')) as [Acked[]];
    const [after, cpuAfter] = [await crowd.count(), [running.process.cpuSeconds(), gateway.process.cpuSeconds()]];
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
    const witnessed = await eventually('everybody is shown everything', async () => {
      const told = await asked<Witnessed[]>(watching);
      latencies(acked, told, WARM_MS);
      return told;
    });
    await asked<'ended'>(producer);
    const { edges, counts } = latencies(acked, witnessed, WARM_MS);
    arena.say(`${perSecond} counts/s, ${sockets} sockets`);
    arena.say(stagesTable(acked, await asked<Observed>(observing), witnessed, WARM_MS));
    const [lifecycleCores, gatewayCores] = cpuAfter.map(
      (cpu, index) => (cpu - (cpuBefore[index] ?? 0)) / (FOR_MS / 1000),
    );
    return {
      [EDGES_P99]: percentile(edges, 99),
      'ms of starts and ends, p50': percentile(edges, 50),
      ...(counts.length > 0 && {
        [COUNTS_P99]: percentile(counts, 99),
        'ms of counts, p50': percentile(counts, 50),
      }),
      'frames/s': (after.messages - before.messages) / (FOR_MS / 1000),
      'cores of lifecycle': lifecycleCores ?? NaN,
      'cores of the gateway': gatewayCores ?? NaN,
    };
  } finally {
    for (const one of [producer, watching, observing]) one.disconnect();
    await crowd?.leave();
    await gateway.process.stop();
  }
}

async function asked<T>(process: ChildProcess): Promise<T> {
  process.send('tell');
  const [told] = (await once(process, 'message')) as [T];
  return told;
}

function child(name: string): ChildProcess {
  return fork(join(repositoryRoot(), 'dist', 'bench', 'end-to-end', `${name}.main.js`), { stdio: 'inherit' });
}

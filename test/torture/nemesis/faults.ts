import { setTimeout as wait } from 'node:timers/promises';
import { type FaultProxy, isKafkaRequest } from '../../given/fault-proxy';
import { type App, type Cluster, continueProcess } from '../cluster/cluster';
import { SWALLOW_AFTER_COMMIT } from '../cluster/wire';
import type { ProjectionWitness } from '../oracle/projection-witness';
import type { StormKind } from '../workload/storm';
import type { RecordWitness } from '../oracle/record-witness';
import { holdHistory } from './held-history';
import type { Random } from '../../../tools/simulator/src/random';

export interface Field {
  cluster: Cluster;
  record: RecordWitness;
  projection: ProjectionWitness;
  random: Random;
  /** Resolves when Kafka has all of it. */
  storm: (kind: StormKind) => Promise<void>;
}

/** Strikes and mends; says in a few words what it did. */
export type Strike = (field: Field) => Promise<string>;

const SPRUNG_WITHIN_MS = 5000;

interface Fault {
  /** How often it comes. */
  weight: number;
  /** Kafka or Postgres are away until it is mended. */
  takesAway?: true;
  strike: Strike;
}

/** Every kind of fault. Times in ms. */
export const FAULTS: Record<string, Fault> = {
  'kill -9 lifecycle': {
    weight: 12,
    strike: async (field) => {
      const app = anyLifecycle(field);
      if (!app) return 'none was up';
      starting.add(app);
      try {
        await app.server.stop('SIGKILL');
        await app.server.start();
      } finally {
        starting.delete(app);
      }
      return app.name;
    },
  },
  'SIGSTOP lifecycle': {
    weight: 1,
    strike: async (field) => {
      const app = anyLifecycle(field);
      const pid = app?.server.pid;
      if (!app || pid === undefined) return 'none was up';
      const ms = field.random.integer(15_000, 25_000);
      process.kill(pid, 'SIGSTOP');
      await wait(ms);
      if (app.server.pid === pid) continueProcess(app.server);
      return `${app.name} for ${ms} ms`;
    },
  },
  'kill -9 kafka': {
    weight: 2,
    takesAway: true,
    strike: ({ cluster, random }) => restart(cluster.kafka.server, random, [1000, 8000]),
  },
  'kill -9 redis': {
    weight: 2,
    strike: ({ cluster, random }) => restart(cluster.redis.server, random, [100, 4000]),
  },
  'immediate stop of postgres': {
    weight: 2,
    takesAway: true,
    strike: ({ cluster, random }) => restart(cluster.postgres.server, random, [100, 5000], 'SIGQUIT'),
  },
  'redis emptied': { weight: 2, strike: async ({ projection }) => (await projection.flush(), 'FLUSHALL') },
  'kafka in a hole': {
    weight: 1,
    takesAway: true,
    strike: ({ cluster, random }) => hole(cluster.proxies.kafka, random, [5000, 15_000]),
  },
  'postgres in a hole': {
    weight: 1,
    takesAway: true,
    strike: ({ cluster, random }) => hole(cluster.proxies.postgres, random, [2000, 12_000]),
  },
  'redis in a hole': {
    weight: 1,
    strike: ({ cluster, random }) => hole(cluster.proxies.redis, random, [2000, 12_000]),
  },
  'postgres refused': {
    weight: 2,
    takesAway: true,
    strike: ({ cluster, random }) => refuse(cluster.proxies.postgres, random),
  },
  'redis refused': { weight: 2, strike: ({ cluster, random }) => refuse(cluster.proxies.redis, random) },
  'all kafka connections cut': { weight: 2, strike: async ({ cluster }) => (cluster.proxies.kafka.cut(), 'reset') },
  'a backend of postgres ended': {
    weight: 2,
    strike: async ({ record, random }) => {
      const backends = await record.backends().catch(() => []);
      const pid = backends[random.integer(0, Math.max(0, backends.length - 1))];
      if (pid === undefined) return 'there was none';
      const isDone = await record.ask('SELECT pg_terminate_backend($1)', [pid]).then(
        () => true,
        () => false,
      );
      return isDone ? `backend ${pid}` : 'postgres was away itself';
    },
  },
  'reset during FindCoordinator': {
    weight: 1,
    strike: ({ cluster }) => resetOn(cluster.proxies.kafka, 'findCoordinator'),
  },
  'reset during OffsetCommit': { weight: 2, strike: ({ cluster }) => resetOn(cluster.proxies.kafka, 'offsetCommit') },
  'reset during Fetch': { weight: 2, strike: ({ cluster }) => resetOn(cluster.proxies.kafka, 'fetch') },
  'postgres read-only': {
    weight: 1,
    takesAway: true,
    strike: async ({ record, random }) => {
      const ms = random.integer(10_000, 20_000);
      await record.readOnly(true);
      await wait(ms);
      await record.readOnly(false);
      return `for ${ms} ms`;
    },
  },
  'disk of postgres full': {
    weight: 1,
    takesAway: true,
    strike: async ({ cluster: { disk, postgres }, random }) => {
      if (!disk) return 'not struck: no disk of its own can be mounted here';
      const ms = random.integer(3000, 12_000);
      // It cannot start either meanwhile: who restarts it has his turn afterwards.
      return again(postgres.server, async () => {
        disk.fill();
        await wait(ms);
        const isDown = !postgres.server.isRunning();
        disk.free();
        // Postgres ends itself when its write-ahead log finds no space.
        if (isDown) await postgres.server.start();
        return `for ${ms} ms${isDown ? ', and it had ended itself' : ''}`;
      });
    },
  },
  'clock of kafka jumps': {
    weight: 1,
    strike: async ({ cluster: { clock }, random }) => {
      if (!clock) return 'not struck: libfaketime is not installed';
      const [seconds, ms] = [random.integer(-90, 90), random.integer(3000, 10_000)];
      clock.move(seconds);
      await wait(ms);
      clock.move(0);
      return `by ${seconds} s for ${ms} ms`;
    },
  },
  'viewer history held': {
    weight: 1,
    strike: ({ cluster }) => holdHistory(cluster.postgres.url),
  },
  'redis full': {
    weight: 2,
    strike: async ({ projection, random }) => {
      const ms = random.integer(3000, 15_000);
      await projection.limitMemory(1).catch(() => undefined);
      await wait(ms);
      // One that was restarted meanwhile has no limit.
      await projection.limitMemory(0).catch(() => undefined);
      return `for ${ms} ms`;
    },
  },
  'identity storm': { weight: 1, strike: ({ storm }) => stormOf(storm, 'identity') },
  'unreadable storm': { weight: 1, strike: ({ storm }) => stormOf(storm, 'unreadable') },
  'outcome of a COMMIT unknown': {
    weight: 2,
    strike: ({ cluster }) => sprung(cluster.proxies.postgres.trap(SWALLOW_AFTER_COMMIT)),
  },
};

/** Being started again by a fault, which waits until they are up: no other fault at the same time may hit them. */
const starting = new WeakSet<App>();

/** One that is not being struck already; undefined: there is none. */
function anyLifecycle({ cluster, random }: Field): App | undefined {
  const up = cluster.lifecycles.filter((app) => app.server.isRunning() && !starting.has(app));
  return up[random.integer(0, Math.max(0, up.length - 1))];
}

function restart(
  server: Cluster['kafka']['server'],
  random: Random,
  [least, most]: [number, number],
  signal: 'SIGKILL' | 'SIGQUIT' = 'SIGKILL',
): Promise<string> {
  const ms = random.integer(least, most);
  return again(server, async () => {
    await server.stop(signal);
    await wait(ms);
    await server.start();
    return `back after ${ms} ms`;
  });
}

/** Of each server that is being restarted, the last restart that was asked for. */
const restarts = new WeakMap<object, Promise<unknown>>();

/** One after the other: who is starting again is not ended by the next fault. */
function again<T>(server: Cluster['kafka']['server'], start: () => Promise<T>): Promise<T> {
  const before = restarts.get(server) ?? Promise.resolve();
  const done = before.catch(() => undefined).then(start);
  restarts.set(server, done);
  return done;
}

async function hole(proxy: FaultProxy, random: Random, [least, most]: [number, number]): Promise<string> {
  const ms = random.integer(least, most);
  proxy.hole();
  await wait(ms);
  proxy.mend();
  return `for ${ms} ms`;
}

async function refuse(proxy: FaultProxy, random: Random): Promise<string> {
  const ms = random.integer(500, 8000);
  proxy.refuse();
  await wait(ms);
  proxy.mend();
  return `for ${ms} ms`;
}

async function stormOf(storm: Field['storm'], kind: StormKind): Promise<string> {
  await storm(kind);
  return 'one source, beside the others';
}

function resetOn(proxy: FaultProxy, request: Parameters<typeof isKafkaRequest>[0]): Promise<string> {
  if (request === 'findCoordinator') setTimeout(() => proxy.cut(), 200);
  return sprung(proxy.trap({ on: isKafkaRequest(request), fault: 'cut', forward: request === 'offsetCommit' }));
}

/** A trap that nobody steps into stays for the next. */
async function sprung(trap: Promise<void>): Promise<string> {
  return Promise.race([trap.then(() => 'hit'), wait(SPRUNG_WITHIN_MS).then(() => 'not hit yet')]);
}

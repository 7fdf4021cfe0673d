import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTopics } from '#libs/event-log';
import {
  type KafkaServer,
  MovedClock,
  type PostgresServer,
  type RedisServer,
  Server,
  type ServicePlace,
  fetchArtifacts,
  freeServicePlace,
  kafka,
  postgres,
  redis,
  repositoryRoot,
} from '#tools/stack';
import { FaultProxy } from '../../given/fault-proxy';
import { POLICY_OF_MINUTES } from './policy-of-minutes';
import { SmallDisk } from './small-disk';

export const PREFIX = 'torture';
export const ADMIN_KEY = 'an admin key for torture';

export interface ClusterOptions {
  directory: string;
  lifecycles: number;
  /** A module that the processes load first: a seeded bug. */
  preload: string | undefined;
}

/** One process of the product. */
export interface App {
  name: string;
  url: string;
  /** Where `/metrics` and the details of its readiness are. */
  operationsUrl: string;
  server: Server;
}

/** Real servers, each behind a proxy, and the product's processes before them. */
export class Cluster {
  readonly lifecycles: App[];
  readonly query: App;
  /** Not among the apps: it is started when somebody asks it. */
  readonly gateway: App;

  private constructor(
    readonly kafka: KafkaServer,
    readonly postgres: PostgresServer,
    readonly redis: RedisServer,
    readonly proxies: { kafka: FaultProxy; postgres: FaultProxy; redis: FaultProxy },
    /** What Postgres writes to; null where it cannot be a disk of its own. */
    readonly disk: SmallDisk | null,
    /** The broker's; null where it cannot be moved. */
    readonly clock: MovedClock | null,
    private readonly options: ClusterOptions,
    places: readonly ServicePlace[],
  ) {
    const [query, gateway, ...lifecycles] = places;
    if (!query || !gateway) throw new Error('there is no place for the query service and the gateway');
    this.query = this.app('session-query', 'session-query', query);
    this.gateway = this.app('session-gateway', 'session-gateway', gateway);
    this.lifecycles = lifecycles.map((place, index) => this.app('session-lifecycle', `lifecycle-${index + 1}`, place));
  }

  /** The servers run, the processes do not yet. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const { directory } = options;
    chmodSync(directory, 0o755);
    mkdirSync(join(directory, 'postgres'));
    const disk = SmallDisk.mount(join(directory, 'postgres'));
    try {
      return await Cluster.startOn(disk, options);
    } catch (error) {
      disk?.unmount();
      throw error;
    }
  }

  private static async startOn(disk: SmallDisk | null, options: ClusterOptions): Promise<Cluster> {
    const { directory } = options;
    const place = (name: string) => {
      mkdirSync(join(directory, name), { recursive: true });
      return join(directory, name);
    };
    const artifacts = await fetchArtifacts();
    const proxies = {
      kafka: await FaultProxy.listen(),
      postgres: await FaultProxy.listen(),
      redis: await FaultProxy.listen(),
    };
    const clock = MovedClock.create(join(place('kafka'), 'clock'));
    const servers = {
      kafka: await kafka({
        directory: place('kafka'),
        artifacts,
        advertisedProxyPort: proxies.kafka.port,
        env: clock?.env ?? {},
      }),
      postgres: await postgres({ directory: place('postgres') }),
      redis: await redis({ directory: place('redis'), artifacts, keeps: true }),
    };
    proxies.kafka.leadTo(servers.kafka.behindProxy ?? '');
    proxies.postgres.leadTo(new URL(servers.postgres.url).host);
    proxies.redis.leadTo(new URL(servers.redis.url).host);
    const places: ServicePlace[] = [];
    for (let count = 0; count < options.lifecycles + 2; count++) places.push(await freeServicePlace());
    const { kafka: broker, postgres: database, redis: memory } = servers;
    const cluster = new Cluster(broker, database, memory, proxies, disk, clock, options, places);
    const starts = await Promise.allSettled(cluster.servers.map((server) => server.start()));
    const failed = starts.find((start) => start.status === 'rejected');
    if (!failed) return cluster;
    await cluster.stop();
    throw failed.reason;
  }

  get servers(): Server[] {
    return [this.kafka.server, this.postgres.server, this.redis.server];
  }

  get apps(): App[] {
    return [...this.lifecycles, this.query];
  }

  /** Migrates and creates the topics, before any process is there. */
  async prepare(): Promise<void> {
    const main = join(repositoryRoot(), 'dist', 'tools', 'migrate', 'src', 'main.js');
    await promisify(execFile)(process.execPath, [main], { env: { ...this.env(), DATABASE_URL: this.postgres.url } });
    await createTopics({ brokers: this.kafka.brokers.split(','), clientId: 'torture', prefix: PREFIX });
  }

  async stop(): Promise<void> {
    for (const app of this.apps) continueProcess(app.server);
    await Promise.all([...this.apps, this.gateway].map(({ server }) => server.stop()));
    await Promise.all(Object.values(this.proxies).map((proxy) => proxy.close()));
    await Promise.all(this.servers.map((server) => server.stop()));
    this.disk?.unmount();
  }

  private app(folder: string, name: string, place: ServicePlace): App {
    const { directory, preload } = this.options;
    const required = preload === undefined ? [] : ['--require', preload];
    const { url, operationsUrl } = place;
    return {
      name,
      url,
      operationsUrl,
      server: new Server({
        name,
        command: process.execPath,
        args: [...required, join(repositoryRoot(), 'dist', 'apps', folder, 'src', 'main.js')],
        env: { ...this.env(), ...place.env },
        logFile: join(directory, `${name}.log`),
        startWithinMs: 60_000,
        stopWithinMs: 15_000,
        isUp: async () => (await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(1000) })).ok,
      }),
    };
  }

  env(): NodeJS.ProcessEnv {
    const { kafka: broker, postgres: database, redis: memory } = this.proxies;
    return {
      PATH: process.env['PATH'],
      LOG_LEVEL: 'info',
      KAFKA_BROKERS: `127.0.0.1:${broker.port}`,
      KAFKA_TOPIC_PREFIX: PREFIX,
      DATABASE_URL: `postgres://marquee@127.0.0.1:${database.port}/marquee`,
      REDIS_URL: `redis://127.0.0.1:${memory.port}`,
      REDIS_HASH_TAG: PREFIX,
      ADMIN_KEY,
      REQUESTS_PER_MINUTE: '0',
      // What Redis is told comes from the outbox alone: a reconcile pass would mend what was lost.
      RECONCILE_EVERY_SECONDS: '86400',
      ...POLICY_OF_MINUTES,
    };
  }
}

/** A stopped process must go on before it can end in order. */
export function continueProcess(server: Server): void {
  if (server.pid !== undefined) process.kill(server.pid, 'SIGCONT');
}

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fetchArtifacts } from './artifacts';
import { startCompose } from './compose';
import { kafka } from './kafka';
import { postgres } from './postgres';
import { provision } from './provision';
import { redis } from './redis';
import type { Server } from './server';

/** Servers that are there already and are used instead of own ones. */
export interface GivenServers {
  kafkaBrokers?: string | undefined;
  postgresUrl?: string | undefined;
  redisUrl?: string | undefined;
}

export interface StackOptions {
  /** Data and logs; stays between starts. */
  directory: string;
  given?: GivenServers;
  /** For the servers that are started here. */
  env?: Record<string, string>;
  onStep?: (text: string) => void;
  /** Before a server is started; what it throws keeps it from starting. */
  onStarting?: (server: Server) => void;
  onStarted?: (server: Server) => void;
}

export interface Stack {
  kafkaBrokers: string;
  postgresUrl: string;
  redisUrl: string;
  /** The servers that were started here, in the order of their start. */
  servers: Server[];
  stop(): Promise<void>;
}

/** URLs given by the environment. */
export function givenServers(env = process.env): GivenServers {
  return {
    kafkaBrokers: env['KAFKA_BROKERS'] || undefined,
    postgresUrl: env['DATABASE_URL'] || undefined,
    redisUrl: env['REDIS_URL'] || undefined,
  };
}

/** Real Kafka, PostgreSQL and Redis: those given, the others started side by side. All or none are left running. */
export async function startStack({
  directory,
  given = {},
  env = {},
  onStep = () => {},
  onStarting = () => {},
  onStarted = () => {},
}: StackOptions): Promise<Stack> {
  const { kafkaBrokers, postgresUrl, redisUrl } = given;
  if (kafkaBrokers && postgresUrl && redisUrl) {
    return { kafkaBrokers, postgresUrl, redisUrl, servers: [], stop: async () => {} };
  }
  const needsJava = !kafkaBrokers || !redisUrl;
  if (needsJava && (await provision(onStep)) === 'compose') {
    onStep('starting Kafka, Postgres and Redis with docker compose');
    const composed = await startCompose();
    return {
      kafkaBrokers: kafkaBrokers ?? composed.kafkaBrokers,
      postgresUrl: postgresUrl ?? composed.postgresUrl,
      redisUrl: redisUrl ?? composed.redisUrl,
      servers: [],
      stop: composed.stop,
    };
  }
  return startEmbedded({ directory: resolve(directory), given, env, onStarting, onStarted }, needsJava);
}

async function startEmbedded(
  { directory, given, env, onStarting, onStarted }: Required<Omit<StackOptions, 'onStep'>>,
  needsJava: boolean,
): Promise<Stack> {
  const artifacts = needsJava ? await fetchArtifacts() : { classPath: [], redisServer: '' };
  const place = (name: string) => {
    const path = join(directory, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const ownKafka = given.kafkaBrokers ? null : await kafka({ directory: place('kafka'), artifacts, env });
  const ownPostgres = given.postgresUrl ? null : await postgres({ directory: place('postgres'), env });
  const ownRedis = given.redisUrl ? null : await redis({ directory: place('redis'), artifacts, env });
  const servers = [ownKafka, ownPostgres, ownRedis].flatMap((own) => (own ? [own.server] : []));
  const stop = async () => void (await Promise.all(servers.map((server) => server.stop())));
  const start = async (server: Server) => {
    onStarting(server);
    await server.start();
    onStarted(server);
  };
  const starts = await Promise.allSettled(servers.map(start));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return {
    kafkaBrokers: given.kafkaBrokers ?? ownKafka?.brokers ?? '',
    postgresUrl: given.postgresUrl ?? ownPostgres?.url ?? '',
    redisUrl: given.redisUrl ?? ownRedis?.url ?? '',
    servers,
    stop,
  };
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Redis from 'ioredis';
import type { Artifacts } from './artifacts';
import { keptPort } from './port';
import { Server } from './server';

export interface RedisServer {
  server: Server;
  url: string;
}

/**
 * A real Redis, not yet started; it refuses writes rather than evict. Its port stays with the directory; its data only if
 * `keeps`: a projection that outlived a restart is not trusted, so nobody needs it to (decision 0011).
 */
export async function redis({
  directory,
  artifacts,
  keeps = false,
  env = {},
}: {
  directory: string;
  artifacts: Artifacts;
  keeps?: boolean;
  env?: NodeJS.ProcessEnv;
}): Promise<RedisServer> {
  mkdirSync(directory, { recursive: true });
  const port = await keptPort(directory, 'redis');
  const options = {
    port,
    bind: '127.0.0.1',
    dir: directory,
    appendonly: keeps ? 'yes' : 'no',
    save: '',
    'maxmemory-policy': 'noeviction',
  };
  const server = new Server({
    name: 'redis',
    command: artifacts.redisServer,
    args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    env,
    logFile: join(directory, 'redis.log'),
    isUp: () => answers(port),
  });
  return { server, url: `redis://127.0.0.1:${port}` };
}

async function answers(port: number): Promise<boolean> {
  const client = new Redis(port, '127.0.0.1', {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } finally {
    client.disconnect();
  }
}

import { join } from 'node:path';
import { type Stack, Server, nextFreePort, repositoryRoot } from '#tools/stack';

export interface ServiceUrls {
  query: string;
  gateway: string;
  lifecycle: string;
}

export interface Services {
  urls: ServiceUrls;
  /** In the order of their start. */
  servers: Server[];
}

const READY_WITHIN_MS = 60_000;

/** The three services on their usual ports, or the next free ones; not yet started. */
export async function services(stack: Stack, logs: string, apiKey: string): Promise<Services> {
  const query = await nextFreePort(3000);
  const gateway = await nextFreePort(3001, [query]);
  const lifecycle = await nextFreePort(3002, [query, gateway]);
  const urls = { query: url(query), gateway: url(gateway), lifecycle: url(lifecycle) };
  const env = {
    PATH: process.env['PATH'],
    HOST: '127.0.0.1',
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'info',
    KAFKA_BROKERS: stack.kafkaBrokers,
    DATABASE_URL: stack.postgresUrl,
    REDIS_URL: stack.redisUrl,
    API_KEY: apiKey,
    ADMIN_KEY: apiKey,
    GATEWAY_URL: urls.gateway,
  };
  const service = (name: string, port: number) =>
    new Server({
      name,
      command: process.execPath,
      args: [join(repositoryRoot(), 'dist', 'apps', name, 'src', 'main.js')],
      env: { ...env, PORT: String(port) },
      logFile: join(logs, `${name}.log`),
      startWithinMs: READY_WITHIN_MS,
      isUp: async () => (await fetch(`${url(port)}/health/ready`)).ok,
    });
  return {
    urls,
    servers: [
      service('session-lifecycle', lifecycle),
      service('session-query', query),
      service('session-gateway', gateway),
    ],
  };
}

function url(port: number): string {
  return `http://127.0.0.1:${port}`;
}

import { join } from 'node:path';
import {
  type ServicePlace,
  type Stack,
  Server,
  nextFreePort,
  nodeFlags,
  repositoryRoot,
  servicePlace,
} from '#tools/stack';

export interface ServiceUrls {
  query: string;
  gateway: string;
  lifecycle: string;
}

export interface Services {
  urls: ServiceUrls;
  /** Where `/metrics` and the details of `/health/ready` are. */
  operationsUrls: ServiceUrls;
  /** In the order of their start. */
  servers: Server[];
}

const READY_WITHIN_MS = 60_000;

/** The three services on their usual ports, or the next free ones; not yet started. */
export async function services(stack: Stack, logs: string, adminKey: string): Promise<Services> {
  const taken: number[] = [];
  const query = await nextPlace(3000, taken);
  const gateway = await nextPlace(3001, taken);
  const lifecycle = await nextPlace(3002, taken);
  const urls = { query: query.url, gateway: gateway.url, lifecycle: lifecycle.url };
  const env = {
    PATH: process.env['PATH'],
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'info',
    KAFKA_BROKERS: stack.kafkaBrokers,
    DATABASE_URL: stack.postgresUrl,
    REDIS_URL: stack.redisUrl,
    API_KEY: adminKey,
    ADMIN_KEY: adminKey,
    GATEWAY_URL: urls.gateway,
    EVENTS_URL: urls.lifecycle,
  };
  const service = (name: string, place: ServicePlace) =>
    new Server({
      name,
      command: process.execPath,
      args: [...nodeFlags(name), join(repositoryRoot(), 'dist', 'apps', name, 'src', 'main.js')],
      env: { ...env, ...place.env },
      logFile: join(logs, `${name}.log`),
      startWithinMs: READY_WITHIN_MS,
      isUp: async () => (await fetch(`${place.url}/health/ready`)).ok,
    });
  return {
    urls,
    operationsUrls: {
      query: query.operationsUrl,
      gateway: gateway.operationsUrl,
      lifecycle: lifecycle.operationsUrl,
    },
    servers: [
      service('session-lifecycle', lifecycle),
      service('session-query', query),
      service('session-gateway', gateway),
    ],
  };
}

/** From this port on, with its operations 1000 above; both are taken then. */
async function nextPlace(first: number, taken: number[]): Promise<ServicePlace> {
  const port = await nextFreePort(first, taken);
  const operationsPort = await nextFreePort(first + 1000, [...taken, port]);
  taken.push(port, operationsPort);
  return servicePlace(port, operationsPort);
}

import { freeServicePlace } from '#tools/stack';
import { ready } from '../ingest/marquee';
import type { Arena } from '../machinery/arena';
import type { ContestantProcess } from '../machinery/contestant-process';

export interface GivenGateway {
  process: ContestantProcess;
  url: string;
  operationsUrl: string;
}

/** The gateway as it runs in production, on the contestant's core, that lets everybody in. */
export async function givenGateway(
  arena: Arena,
  env: Record<string, string>,
  start: Arena['start'] = arena.start,
): Promise<GivenGateway> {
  const place = await freeServicePlace();
  const process = start('apps/session-gateway/src/main.js', {
    ...place.env,
    REDIS_URL: arena.redisUrl,
    LOG_LEVEL: 'warn',
    CONNECTIONS_PER_SECOND: '100000',
    CONNECTIONS_PER_ADDRESS: '100000',
    ...env,
  });
  await ready(place, process);
  return { process, url: place.url, operationsUrl: place.operationsUrl };
}

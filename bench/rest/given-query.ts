import { freeServicePlace } from '#tools/stack';
import { ready } from '../ingest/marquee';
import type { Arena } from '../machinery/arena';
import type { ContestantProcess } from '../machinery/contestant-process';
import type { GivenRecord } from './given-record';

export interface GivenServer {
  process: ContestantProcess;
  url: string;
}

/** session-query as it runs in production, on the contestant's core; it counts what an address asks, and refuses nobody. */
export async function givenQuery(arena: Arena, { env }: GivenRecord): Promise<GivenServer> {
  const place = await freeServicePlace();
  const process = arena.start('apps/session-query/src/main.js', {
    ...place.env,
    LOG_LEVEL: 'warn',
    REQUESTS_PER_MINUTE: '100000000',
    ...env,
  });
  await ready(place, process);
  return { process, url: place.url };
}

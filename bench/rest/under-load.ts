import type { Measured } from '../machinery/course';
import type { GivenServer } from './given-query';
import { Load } from './load';
import type { LoadOrder } from './load.main';

export const RATE = 'requests/s';
export const CPU = 'CPU µs/request';

const SETTLED_MS = 2000;
const WATCHED_MS = 6000;

/** The same question all the time, as much as it can answer. `list`: what every answer that has a body must list. */
export async function underLoad(
  { process, url }: GivenServer,
  order: Omit<LoadOrder, 'url' | 'ask'>,
  list: string,
): Promise<Measured> {
  const load = Load.start({ ...order, url, ask: 'again' });
  try {
    await passing(SETTLED_MS);
    const [before, cpuBefore] = [await load.count(), process.cpuSeconds()];
    const startedAt = performance.now();
    await passing(WATCHED_MS);
    const [after, cpuAfter] = [await load.count(), process.cpuSeconds()];
    const seconds = (performance.now() - startedAt) / 1000;
    const other = (await load.listed()).find(([, listed]) => listed !== list);
    if (other) throw new Error(`it listed ${other[1]}, not ${list}`);
    const requests = after.answers - before.answers;
    const cpu = cpuAfter - cpuBefore;
    return {
      [RATE]: requests / seconds,
      [CPU]: (cpu * 1e6) / requests,
      'bytes/request': (after.bytes - before.bytes) / requests,
      'cores used': cpu / seconds,
    };
  } finally {
    await load.stop();
  }
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

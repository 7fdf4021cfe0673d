import { eventually } from '../../test/given/eventually';
import type { Arena } from '../machinery/arena';
import type { Measured } from '../machinery/course';
import type { GivenServer } from './given-query';
import { Load } from './load';
import type { Listed } from './load.main';

export const TIME = 'µs/query';
export const CPU_OF_QUERY = 'CPU µs/query';
export const CPU_OF_POSTGRES = 'CPU µs/query of postgres';

const PATIENCE_MS = 600_000;

/** Different questions, each asked once, so many at the same time: the time until all are answered, by their number. */
export async function onceThrough(
  { process, url }: GivenServer,
  { targets, connections }: { targets: string[]; connections: number },
  arena: Arena,
): Promise<{ measured: Measured; listed: Listed }> {
  const [cpuBefore, before] = [process.cpuSeconds(), arena.serverCpuSeconds()];
  const startedAt = performance.now();
  const load = Load.start({ url, connections, targets, status: 200, ask: 'once' });
  try {
    const isDone = async () => (await load.count()).isDone || undefined;
    await eventually('all is answered', isDone, PATIENCE_MS);
    const perQuery = (seconds: number) => (seconds * 1e6) / targets.length;
    const postgres = 'postgres';
    const postgresCpu = (arena.serverCpuSeconds().get(postgres) ?? NaN) - (before.get(postgres) ?? NaN);
    return {
      measured: {
        [TIME]: perQuery((performance.now() - startedAt) / 1000),
        [CPU_OF_QUERY]: perQuery(process.cpuSeconds() - cpuBefore),
        [CPU_OF_POSTGRES]: perQuery(postgresCpu),
      },
      listed: await load.listed(),
    };
  } finally {
    await load.stop();
  }
}

import { accepts, freePort } from '#tools/stack';
import { eventually } from '../../test/given/eventually';
import type { Arena } from '../machinery/arena';
import type { GivenGateway } from './given-gateway';

/** A peer that listens at `PORT`, on the contestant's core. `script`: below `dist/bench`. */
export async function givenPeer(
  arena: Arena,
  script: string,
  env: Record<string, string> = {},
  start: Arena['start'] = arena.start,
): Promise<Omit<GivenGateway, 'operationsUrl'>> {
  const port = await freePort();
  const process = start(`bench/${script}`, { PORT: String(port), ...env });
  await eventually('it listens', async () => {
    process.cpuSeconds();
    return (await accepts(port)) || undefined;
  });
  return { process, url: `http://127.0.0.1:${port}` };
}

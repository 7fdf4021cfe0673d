import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, repositoryRoot } from '#tools/stack';
import { eventually } from '../../test/given/eventually';
import type { Arena } from '../machinery/arena';
import type { ContestantProcess } from '../machinery/contestant-process';
import type { CrowdOrder } from '../push/crowd.main';

const BUILD_WITHIN_MS = 300_000;

/** Centrifugo's engine, built here. */
export interface Engine {
  /** How clients join it. */
  order: Pick<CrowdOrder, 'kind' | 'greeting' | 'greetedBy' | 'rowMark'>;
  start: () => Promise<RunningEngine>;
}

interface RunningEngine {
  process: ContestantProcess;
  url: string;
  publish: (texts: string[]) => Promise<unknown>;
}

const ORDER: Engine['order'] = {
  kind: 'raw',
  greeting: ['{"id":1,"connect":{}}', '{"id":2,"subscribe":{"channel":"sessions","type":1,"phase":2,"limit":1000}}'],
  greetedBy: '"id":2,"subscribe"',
  rowMark: '"pub":',
};

/** undefined where there is no Go, or it cannot build it; the reason is said. */
export async function centrifuge(arena: Arena): Promise<Engine | undefined> {
  const program = join(arena.directory, 'centrifuge');
  const cwd = join(repositoryRoot(), 'bench', 'fanout', 'peers', 'centrifuge');
  arena.say("building Centrifugo's engine");
  try {
    await promisify(execFile)('go', ['build', '-o', program, '.'], { cwd, timeout: BUILD_WITHIN_MS });
  } catch (error) {
    const [reason = ''] = (error as Error).message.split('\n').slice(-2);
    arena.say(`skipped: Centrifugo's engine, for it could not be built with Go here (${reason})`);
    return undefined;
  }
  return { order: ORDER, start: () => startEngine(arena, program) };
}

async function startEngine(arena: Arena, program: string): Promise<RunningEngine> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = arena.startProgram(program, [], { PORT: String(port) });
  const publish = async (texts: string[]) => fetch(`${url}/publish`, { method: 'POST', body: texts.join('\n') });
  await eventually('it listens', async () => (await publish([])).ok || undefined);
  return { process, url, publish };
}

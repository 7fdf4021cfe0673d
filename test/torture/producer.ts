import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Cluster, PREFIX } from './cluster/cluster';
import { POISONED_HEADERS, type TortureFlags } from './flags';
import type { StormKind } from './workload/storm';
import type { StoryOptions } from './workload/story';

/** It knows the direct way to the brokers: what is tortured is the product. */
export function startProducer(cluster: Cluster, journal: string, flags: TortureFlags): ChildProcess {
  const { seed, sessions, rate, without } = flags;
  const story: StoryOptions = { seed, sessions, rate, poison: { inHeaders: !without.includes(POISONED_HEADERS) } };
  const main = join(__dirname, 'workload', 'producer.main.js');
  const args = [main, cluster.kafka.brokers, PREFIX, journal, JSON.stringify(story)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** Asks for a storm; resolves when the broker has all of it. */
export async function askForStorm(producer: ChildProcess, storm: StormKind): Promise<void> {
  producer.send({ storm });
  await once(producer, 'message');
}

/** Waits until it has said all that it holds. Rejects when it could not. */
export async function endProducer(producer: ChildProcess): Promise<void> {
  if (producer.exitCode !== null) throw new Error(`the producer ended by itself with ${producer.exitCode}`);
  const ended = once(producer, 'exit');
  producer.kill('SIGTERM');
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`the producer ended with ${code}`);
}

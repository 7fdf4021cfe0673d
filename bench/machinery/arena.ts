import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, givenServers, nodeFlags, repositoryRoot, startStack } from '#tools/stack';
import { ContestantProcess, type ContestantProcessOptions } from './contestant-process';
import { cpuSecondsOf } from './cpu';
import { canPin, pinToTheOthers } from './pinning';

const NO_SERVERS: Stack = { kafkaBrokers: '', postgresUrl: '', redisUrl: '', servers: [], stop: async () => {} };
const PROBE = ['--expose-gc', '--require', join(__dirname, 'probe.js')];

/** Where contestants meet: the same servers for all, and a core for who runs. */
export interface Arena extends Pick<Stack, 'kafkaBrokers' | 'postgresUrl' | 'redisUrl'> {
  isPinned: boolean;
  /** A directory that is removed in the end. */
  directory: string;
  /** Starts a script below `dist` on the contestant's core. */
  start: (script: string, env: Record<string, string>) => ContestantProcess;
  /** The same with a probe in it, that tells what memory it uses. */
  startProbed: (script: string, env: Record<string, string>) => ContestantProcess;
  /** Starts what is no script of Node on the contestant's core. */
  startProgram: (command: string, args: string[], env: Record<string, string>) => ContestantProcess;
  /** Starts one that is not measured: it shares the other cores with the servers. */
  startBeside: (script: string, env: Record<string, string>) => ContestantProcess;
  /** CPU seconds that each server (`kafka`, `postgres`, `redis`) has used; only of those started here. */
  serverCpuSeconds: () => Map<string, number>;
  say: (text: string) => void;
  /** What a bench starts by itself: it is stopped in the end, also when that comes early. */
  stopsToo: (started: Promise<{ stop: () => Promise<void> }>) => void;
  /** Ends what was started here. */
  close: () => Promise<void>;
}

/**
 * Starts Kafka, Postgres and Redis as `npm start` does, in a directory of their own; or takes those that are given.
 * `profiles`: a directory that every contestant leaves a CPU profile in. `startsServers`: false for a bench that has its own.
 */
export async function openArena(
  say: (text: string) => void,
  { profiles, startsServers }: { profiles?: string | undefined; startsServers: boolean },
): Promise<Arena> {
  const flags = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const isPinned = canPin();
  if (isPinned) pinToTheOthers();
  const directory = mkdtempSync(join(tmpdir(), 'marquee-bench-'));
  const starting = startsServers ? startStack({ directory, given: givenServers(), onStep: say }) : NO_SERVERS;
  const stack = await Promise.resolve(starting).catch((error: unknown) => {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  });
  const started: ContestantProcess[] = [];
  const own: Promise<{ stop: () => Promise<void> }>[] = [];
  const start = (options: ContestantProcessOptions): ContestantProcess => {
    const process = ContestantProcess.start(options);
    started.push(process);
    return process;
  };
  return {
    kafkaBrokers: stack.kafkaBrokers,
    postgresUrl: stack.postgresUrl,
    redisUrl: stack.redisUrl,
    isPinned,
    directory,
    start: (script, env) => start({ ...ofNode(script, flags), env, isPinned }),
    startProbed: (script, env) => start({ ...ofNode(script, [...flags, ...PROBE]), env, isPinned }),
    startProgram: (command, args, env) => start({ command, args, env, isPinned }),
    startBeside: (script, env) => start({ ...ofNode(script, flags), env, isPinned: false }),
    serverCpuSeconds: () =>
      new Map(stack.servers.flatMap(({ name, pid }) => (pid === undefined ? [] : [[name, cpuSecondsOf(pid)]]))),
    say,
    stopsToo: (one) => own.push(one),
    close: async () => {
      // What could not be started has nothing to stop.
      await Promise.allSettled(own.map(async (one) => (await one).stop()));
      await Promise.all(started.map((process) => process.stop()));
      await stack.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A service of ours has the flags of Node that it has in production. */
function ofNode(script: string, flags: string[] = []): { command: string; args: string[] } {
  const [, service = ''] = /^apps\/([^/]+)\//.exec(script) ?? [];
  return { command: process.execPath, args: [...nodeFlags(service), ...flags, join(repositoryRoot(), 'dist', script)] };
}

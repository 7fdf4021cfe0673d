import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '#tools/stack';
import { cpuSecondsOf } from './cpu';
import { onFirstCore } from './pinning';

const KEPT_OUTPUT = 10_000;

export interface ContestantProcessOptions {
  /** A script below `dist`. */
  script: string;
  env: Record<string, string>;
  isPinned: boolean;
  /** For Node itself, such as `--cpu-prof`. */
  flags?: string[];
}

/** One Node process that does a contestant's work, on a core of its own. It may tell its progress by `process.send`. */
export class ContestantProcess {
  private output = '';
  /** The last number that it told. */
  told = 0;

  private constructor(
    private readonly script: string,
    private readonly child: ChildProcess,
  ) {
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('message', (message) => {
      if (typeof message === 'number') this.told = message;
    });
  }

  static start({ script, env, isPinned, flags = [] }: ContestantProcessOptions): ContestantProcess {
    const args = [...flags, join(repositoryRoot(), 'dist', script)];
    const line = isPinned ? onFirstCore(process.execPath, args) : { command: process.execPath, args };
    const child = spawn(line.command, line.args, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new ContestantProcess(script, child);
  }

  /** CPU seconds so far. Throws with its last words when it has ended. */
  cpuSeconds(): number {
    const { pid, exitCode } = this.child;
    if (pid === undefined || exitCode !== null) throw new Error(`${this.script} ended:\n${this.output}`);
    return cpuSecondsOf(pid);
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(limit);
  }
}

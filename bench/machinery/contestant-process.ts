import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cpuSecondsOf } from './cpu';
import { onFirstCore } from './pinning';
import type { ProbedMemory } from './probe';

const KEPT_OUTPUT = 10_000;

export interface ContestantProcessOptions {
  command: string;
  args: string[];
  env: Record<string, string>;
  isPinned: boolean;
}

/** One process that does a contestant's work, on a core of its own. It may tell its progress by `process.send`. */
export class ContestantProcess {
  private output = '';
  /** The last number that it told. */
  told = 0;

  private constructor(
    private readonly name: string,
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

  static start({ command, args, env, isPinned }: ContestantProcessOptions): ContestantProcess {
    const line = isPinned ? onFirstCore(command, args) : { command, args };
    const child = spawn(line.command, line.args, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new ContestantProcess([command, ...args].join(' '), child);
  }

  /**
   * Bytes that are in use after a garbage collection; of a process that was started with the probe. `rss`: what the
   * system gave it instead.
   */
  async memoryBytes(): Promise<ProbedMemory> {
    const { child } = this;
    const answered = new Promise<ProbedMemory>((resolve) => {
      const hear = (message: unknown) => {
        if (typeof message !== 'object') return;
        child.off('message', hear);
        resolve(message as ProbedMemory);
      };
      child.on('message', hear);
    });
    child.send('memory');
    return answered;
  }

  /** CPU seconds so far. Throws with its last words when it has ended. */
  cpuSeconds(): number {
    const { pid, exitCode } = this.child;
    if (pid === undefined || exitCode !== null) throw new Error(`${this.name} ended:\n${this.output}`);
    return cpuSecondsOf(pid);
  }

  /** Bytes of memory that the system has given it; 0 when it has ended, or where there is no /proc. */
  residentBytes(): number {
    try {
      const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
      return Number(kb) * 1024;
    } catch {
      return 0;
    }
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(limit);
  }
}

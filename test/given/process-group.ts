import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually';

/**
 * The environment of a person who starts Marquee: without the servers of the test run, and without its mode, in which a
 * build would be another one.
 */
export function personsEnv(): NodeJS.ProcessEnv {
  const { KAFKA_BROKERS: _kafka, DATABASE_URL: _postgres, REDIS_URL: _redis, NODE_ENV: _mode, ...env } = process.env;
  return env;
}

/** A process group whose output is kept. */
export class ProcessGroup {
  output = '';
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(command: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
    this.child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.closed = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  async says(text: string, withinMs?: number): Promise<void> {
    await eventually(
      `it says ${text}`,
      async () => {
        if (this.output.includes(text)) return true;
        throw new Error(this.output);
      },
      withinMs,
    );
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves with its exit code, when all of its group have let go of its output; null: a signal ended it. */
  async end(): Promise<number | null> {
    await this.closed;
    return this.child.exitCode;
  }

  /** As a terminal does it on Ctrl-C. */
  interrupt(): void {
    if (this.child.pid !== undefined && !this.hasEnded) process.kill(-this.child.pid, 'SIGINT');
  }
}

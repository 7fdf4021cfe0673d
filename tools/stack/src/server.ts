import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';

export interface Launch {
  /** For people: `kafka`, `session-query`, … */
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Takes stdout and stderr, appended. */
  logFile: string;
  /** What asks it to finish in order. */
  stopSignal?: NodeJS.Signals;
  /** Resolves true once it can be used; called again and again until then, with what this start has logged. */
  isUp: (log: () => string) => Promise<boolean>;
  startWithinMs?: number;
  stopWithinMs?: number;
}

/**
 * A process that this one starts, awaits and stops. It has a process group of its own: Ctrl-C on the terminal does not
 * reach it, its owner stops it in order.
 */
export class Server {
  private child: ChildProcess | undefined;
  /** Where in the log file this start begins, in bytes. */
  private logFrom = 0;
  private readonly exitListeners: ((code: number | null) => void)[] = [];
  private spawned: (pid: number) => void = () => {};

  constructor(readonly launch: Launch) {}

  get name(): string {
    return this.launch.name;
  }

  get pid(): number | undefined {
    return this.isRunning() ? this.child?.pid : undefined;
  }

  isRunning(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Called when it ends without having been asked to by `stop`. */
  onUnexpectedExit(listener: (code: number | null) => void): void {
    this.exitListeners.push(listener);
  }

  /** Called as soon as there is a process, long before it can be used. */
  onSpawned(listener: (pid: number) => void): void {
    this.spawned = listener;
  }

  /** Starts it and waits until it can be used. Throws with its last log lines when it ends or takes too long. */
  async start(): Promise<void> {
    const { command, args, env, cwd, uid, gid, logFile } = this.launch;
    this.logFrom = existsSync(logFile) ? statSync(logFile).size : 0;
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, { env, cwd, uid, gid, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    let failure: Error | undefined;
    child.on('error', (error) => {
      failure = error;
    });
    child.on('exit', (code) => {
      if (this.child === child) for (const listener of this.exitListeners) listener(code);
    });
    this.child = child;
    if (child.pid !== undefined) this.spawned(child.pid);
    await this.awaitUp(() => failure);
  }

  /** Asks it to finish and waits; kills it when it takes too long. Resolves with its exit code. */
  async stop(signal: NodeJS.Signals = this.launch.stopSignal ?? 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const limit = setTimeout(() => child.kill('SIGKILL'), this.launch.stopWithinMs ?? 8000);
    await ended;
    clearTimeout(limit);
    return child.exitCode;
  }

  lastLogLines(count = 15): string {
    return readFileSync(this.launch.logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  }

  private async awaitUp(failure: () => Error | undefined): Promise<void> {
    const deadline = Date.now() + (this.launch.startWithinMs ?? 30_000);
    const log = () => readFileSync(this.launch.logFile).toString('utf8', this.logFrom);
    while (!(await this.launch.isUp(log).catch(() => false))) {
      const reason = failure();
      if (reason) throw new Error(`${this.name} could not be started: ${reason.message}`);
      if (!this.isRunning())
        throw new Error(`${this.name} ended while starting; its last lines:\n${this.lastLogLines()}`);
      if (Date.now() > deadline) {
        await this.stop('SIGKILL');
        throw new Error(`${this.name} was not up in time; its last lines:\n${this.lastLogLines()}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    if (!this.isRunning())
      throw new Error(`${this.name} ended while starting; its last lines:\n${this.lastLogLines()}`);
  }
}

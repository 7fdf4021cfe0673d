import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type ServicePlace, freeServicePlace } from '#tools/stack';
import { eventually } from './eventually';

export type AppName = 'session-lifecycle' | 'session-query' | 'session-gateway';

const KEPT_OUTPUT = 200_000;
/** On a machine that does much else a service takes long to start. */
const READY_WITHIN_MS = 90_000;

/** One service as it runs in production: a process of its own, from `dist`. */
export class Service {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly app: AppName,
    private readonly place: ServicePlace,
    private readonly env: Record<string, string>,
  ) {}

  static async of(app: AppName, env: Record<string, string>): Promise<Service> {
    return new Service(app, await freeServicePlace(), env);
  }

  get url(): string {
    return this.place.url;
  }

  /** Where `/metrics` and the details of its readiness are. */
  get operationsUrl(): string {
    return this.place.operationsUrl;
  }

  get port(): number {
    return Number(this.place.env.PORT);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** The end of what it has written. */
  get log(): string {
    return this.output;
  }

  /** Starts it and waits until it says that it is ready. */
  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  launch(): void {
    const main = join(__dirname, '..', '..', 'dist', 'apps', this.app, 'src', 'main.js');
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env['PATH'], ...this.place.env, LOG_LEVEL: 'info', ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-KEPT_OUTPUT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.child = child;
  }

  async ready(): Promise<void> {
    const look = async () => {
      if (this.child?.exitCode !== null) throw new Error(`${this.app} ended:\n${this.output}`);
      const answer = await fetch(`${this.operationsUrl}/health/ready`);
      if (answer.ok) return true;
      throw new Error(`${await answer.text()}\n${this.output}`);
    };
    await eventually(`${this.app} is ready`, look, READY_WITHIN_MS);
  }

  /** Ends it and gives its exit code (null when the signal killed it). Nothing happens to one that does not run. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
}

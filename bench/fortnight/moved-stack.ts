import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MovedClock, Server, type Stack, freeServicePlace, nodeFlags, repositoryRoot, startStack } from '#tools/stack';
import Redis from 'ioredis';
import { eventually } from '../../test/given/eventually';

const PREFIX = 'marquee';
const API_KEY = 'a key of the simulated fortnight';
/** Nobody looks at the log in the time that is passed over; Redis keeps its own time. */
const OF_THE_CLOCK = ['"blindMs"', '"skewMs"'];
const LARGEST_OUTPUT = 100_000_000;
/** On a machine that has other things to do. */
const TOLD_WITHIN_MS = 600_000;

export interface MovedStackOptions {
  directory: string;
  /** What the clock of all of them shows at first; epoch ms. */
  beginMs: number;
  /** How long what is kept, as variables; none: as the service has it. */
  policy: Record<string, string>;
}

/**
 * Kafka, Postgres, Redis and the three services as in production, with one clock, which is moved while they run. Redis, as it
 * is built here, is linked statically, so that it keeps the true time; it says how fresh the projection is, and nothing else.
 */
export class MovedStack {
  /** Where the services are. */
  readonly urls = { query: '', gateway: '' };
  private readonly services: Server[] = [];
  private readonly redis: Redis;

  private constructor(
    private readonly options: MovedStackOptions,
    private readonly clock: MovedClock,
    readonly stack: Stack,
  ) {
    this.redis = new Redis(stack.redisUrl);
  }

  static async start(options: MovedStackOptions): Promise<MovedStack> {
    const { directory, beginMs } = options;
    mkdirSync(directory, { recursive: true });
    // Postgres runs as somebody else, and reads the clock.
    chmodSync(directory, 0o755);
    const clock = MovedClock.create(join(directory, 'clock'), { isShared: true });
    if (!clock) throw new Error('no clock can be moved here: it needs libfaketime (apt-get install faketime)');
    clock.move((beginMs - Date.now()) / 1000);
    const moved = new MovedStack(options, clock, await startStack({ directory, env: clock.env }));
    try {
      await moved.command('tools/migrate/src/main.js', []);
      await moved.startServices();
      return moved;
    } catch (error) {
      await moved.stop();
      throw error;
    }
  }

  get tag(): string {
    return PREFIX;
  }

  get apiKey(): string {
    return API_KEY;
  }

  topic(name: 'sessions' | 'viewers' | 'directory'): string {
    return `${PREFIX}.${name}`;
  }

  /**
   * Moves the clock to epoch ms; null: to the true time. What waits for a span of time waits on. Postgres measures its timeouts
   * by the clock: so it is moved while no transaction is under way, and the services halt for that moment.
   */
  async moveTo(ms: number | null, isAtRest: () => Promise<boolean>): Promise<void> {
    const isMoved = async () => {
      if (!(await isAtRest())) return undefined;
      this.clock.move(ms === null ? 0 : (ms - Date.now()) / 1000);
      return true;
    };
    await eventually(
      'no transaction is under way',
      async () => {
        this.signal('SIGSTOP');
        return isMoved().finally(() => this.signal('SIGCONT'));
      },
      TOLD_WITHIN_MS,
    );
  }

  /** Redis' time. */
  private async redisTime(): Promise<number> {
    const [seconds, micros] = await this.redis.time();
    return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  /** Resolves when Redis was told all that had been said by now. */
  async allTold(): Promise<void> {
    const now = await this.redisTime();
    await eventually(
      `the projection holds what was said by ${new Date(now).toISOString()}`,
      async () => (Number(await this.redis.hget(`{${PREFIX}}:meta`, 'fresh_at')) >= now ? true : this.stillRuns()),
      TOLD_WITHIN_MS,
    );
  }

  /** Runs a command below `dist` under the clock; gives what it prints. */
  async command(script: string, args: string[]): Promise<string> {
    const main = join(repositoryRoot(), 'dist', script);
    const options = { env: this.env(), maxBuffer: LARGEST_OUTPUT };
    return (await promisify(execFile)(process.execPath, [main, ...args], options)).stdout;
  }

  /** What the services have said that somebody should know. */
  warnings(): string[] {
    return this.services.flatMap(({ name, launch }) =>
      readFileSync(launch.logFile, 'utf8')
        .split('\n')
        .filter((line) => /"level":[456]0/.test(line) && !OF_THE_CLOCK.some((text) => line.includes(text)))
        .map((line) => `${name}: ${line}`),
    );
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
    for (const service of this.services) await service.stop();
    await this.stack.stop();
  }

  private env(): Record<string, string> {
    const { kafkaBrokers, postgresUrl, redisUrl } = this.stack;
    return {
      PATH: process.env['PATH'] ?? '',
      KAFKA_BROKERS: kafkaBrokers,
      DATABASE_URL: postgresUrl,
      REDIS_URL: redisUrl,
      API_KEY,
      LOG_LEVEL: 'info',
      REQUESTS_PER_MINUTE: '0',
      ...this.options.policy,
      ...this.clock.env,
    };
  }

  private async startServices(): Promise<void> {
    await this.startService('session-lifecycle');
    this.urls.query = await this.startService('session-query');
    this.urls.gateway = await this.startService('session-gateway');
  }

  private async startService(name: string): Promise<string> {
    const place = await freeServicePlace();
    const service = new Server({
      name,
      command: process.execPath,
      args: [...nodeFlags(name), join(repositoryRoot(), 'dist', 'apps', name, 'src', 'main.js')],
      env: { ...this.env(), ...place.env },
      logFile: join(this.options.directory, `${name}.log`),
      startWithinMs: 120_000,
      stopWithinMs: 15_000,
      isUp: async () => (await fetch(`${place.url}/health/ready`)).ok,
    });
    await service.start();
    this.services.push(service);
    return place.url;
  }

  private signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const { pid } of this.services) if (pid !== undefined) process.kill(pid, signal);
  }

  private stillRuns(): undefined {
    const ended = this.services.find((service) => !service.isRunning());
    if (ended) throw new Error(`${ended.name} has ended:\n${ended.lastLogLines()}`);
    return undefined;
  }
}

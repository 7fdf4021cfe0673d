import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { Marquee, sharedStack } from '../../../test/given/marquee';
import { ForeignProducer, event } from '../../../test/given/producer';
import { runTool } from '../../../test/given/run-tool';

const BUILT = join(__dirname, '..', '..', '..', 'dist', 'apps', 'board', 'index.html');
/** That a server is away, or refuses, is what some tests are about, and a browser says so by itself. */
const EXPECTED =
  /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED|ERR_EMPTY_RESPONSE|status of (?:400|401|403|404|410|429|503)/;

/** A name by which this machine is somebody else's to a browser: what comes from there by plain http is not trusted. */
const NAMED = '--host-resolver-rules=MAP board.test 127.0.0.1';

/** For anything that a page is waited for. */
const PATIENCE_MS = 60_000;

/** How a page is opened. */
export interface Opening {
  theme?: 'dark' | 'light';
  height?: number;
  /** The API key that its tab holds. */
  key?: string;
}

/** An API key, and the id by which acts name its holder. */
export interface MadeKey {
  id: string;
  key: string;
}

/** A whole Marquee, its board as it was built, and a browser that looks at it and keeps what goes wrong there. */
export class GivenBoard {
  /** What a browser complained of: errors, and what the Content-Security-Policy forbade. */
  readonly complaints: string[] = [];

  private constructor(
    readonly marquee: Marquee,
    /** The way of the services to Redis. */
    readonly redis: FaultProxy,
    /** The address of the gateway that the board is told: where it leads to, a test may change. */
    readonly wayToGateway: FaultProxy,
    readonly producer: ForeignProducer,
    readonly browser: Browser,
  ) {}

  static async make(executablePath: string): Promise<GivenBoard> {
    if (!existsSync(BUILT)) throw new Error('the board is not built: npm run build');
    const stack = sharedStack();
    const { hostname, port } = new URL(stack.redisUrl);
    const redis = await FaultProxy.listen({ host: hostname, port: Number(port) });
    const wayToGateway = await FaultProxy.listen();
    const more = { GATEWAY_URL: `http://${wayToGateway.address}` };
    const marquee = await Marquee.on({ ...stack, redisUrl: redis.through(stack.redisUrl) }, more);
    wayToGateway.leadTo(`127.0.0.1:${marquee.gateway.port}`);
    const producer = new ForeignProducer(marquee);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', NAMED] });
    const given = new GivenBoard(marquee, redis, wayToGateway, producer, browser);
    try {
      await marquee.start();
      await producer.connect();
      return given;
    } catch (error) {
      await given.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.producer.close();
    await this.marquee.close();
    await Promise.all([this.redis.close(), this.wayToGateway.close()]);
  }

  /** A page of the board, in a browser without a past. */
  async open(path: string, opening?: Opening): Promise<Page> {
    const page = await this.openEmpty(opening);
    await page.goto(`${this.marquee.query.url}${path}`);
    return page;
  }

  /** A page that has not gone anywhere yet. */
  async openEmpty({ theme = 'dark', height = 900, key }: Opening = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1200, height } });
    await context.addInitScript((chosen) => localStorage.setItem('marquee:theme', chosen), theme);
    if (key !== undefined) await context.addInitScript((held) => sessionStorage.setItem('marquee:key', held), key);
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    this.listen(page);
    return page;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context: BrowserContext) => context.close()));
  }

  /** A new API key, made as operators make one. */
  async makeKey(name: string, ...scopes: string[]): Promise<MadeKey> {
    const args = ['create', '--name', name, '--scopes', scopes.join(','), '--json'];
    const { code, out, err } = await runTool('keys', args, { DATABASE_URL: this.marquee.databaseUrl });
    if (code !== 0) throw new Error(`no key was made: ${err}`);
    return JSON.parse(out) as MadeKey;
  }

  async start(id: string, title: string, viewers: number): Promise<void> {
    await this.producer.send('sessions', event('session.started.v1', id, { title, mode: 'webcam' }));
    await this.count(id, viewers);
  }

  async count(id: string, viewers: number): Promise<void> {
    await this.producer.send('viewers', event('viewers.counted.v1', id, { viewer_count: viewers }));
  }

  async end(id: string): Promise<void> {
    await this.producer.send('sessions', event('session.ended.v1', id, { reason: 'over' }));
  }

  async schedule(id: string, room: string, title: string, at: string): Promise<void> {
    const data = { room_id: room, title, mode: 'webcam', scheduled_start_time: at };
    await this.producer.send('sessions', event('session.scheduled.v1', id, data));
  }

  private listen(page: Page): void {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !EXPECTED.test(message.text())) this.complaints.push(message.text());
    });
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { Marquee, sharedStack } from '../../../test/given/marquee';
import { ForeignProducer, event } from '../../../test/given/producer';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const BUILT = join(__dirname, '..', '..', '..', 'dist', 'apps', 'board', 'index.html');

/** The browser of this machine; undefined: there is none. `CHROMIUM_PATH` names another. */
export function foundChromium(): string | undefined {
  return [process.env['CHROMIUM_PATH'], ...CHROMIUM].find((path) => path !== undefined && existsSync(path));
}

/** A whole Marquee, its board as it was built, and a browser that looks at it and keeps what goes wrong there. */
export class GivenBoard {
  /** What a browser complained of: errors, and what the Content-Security-Policy forbade. */
  readonly complaints: string[] = [];

  private constructor(
    readonly marquee: Marquee,
    readonly redis: FaultProxy,
    private readonly producer: ForeignProducer,
    private readonly browser: Browser,
  ) {}

  static async make(executablePath: string): Promise<GivenBoard> {
    if (!existsSync(BUILT)) throw new Error('the board is not built: npm run build');
    const stack = sharedStack();
    const { hostname, port } = new URL(stack.redisUrl);
    const redis = await FaultProxy.listen({ host: hostname, port: Number(port) });
    const marquee = await Marquee.on({ ...stack, redisUrl: redis.through(stack.redisUrl) });
    const producer = new ForeignProducer(marquee);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const given = new GivenBoard(marquee, redis, producer, browser);
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
    await this.redis.close();
  }

  /** A page of the board, in a browser without a past. */
  async open(path: string, { theme = 'dark', height = 900 } = {}): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1200, height } });
    await context.addInitScript((chosen) => localStorage.setItem('marquee:theme', chosen), theme);
    const page = await context.newPage();
    this.listen(page);
    await page.goto(`${this.marquee.query.url}${path}`);
    return page;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context: BrowserContext) => context.close()));
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
      if (message.type() !== 'error') return;
      // That a server is away is what some tests are about, and a browser says so by itself.
      if (
        /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED|status of (?:400|401|404|503)/.test(
          message.text(),
        )
      )
        return;
      this.complaints.push(message.text());
    });
  }
}

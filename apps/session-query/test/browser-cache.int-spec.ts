import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Page, chromium } from 'playwright-core';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isThere = existsSync(CHROMIUM);
if (!isThere) {
  process.stderr.write(
    `skipped: no browser at ${CHROMIUM}; install it (apt-get install chromium), or name it in CHROMIUM\n`,
  );
}

const PAGE = '<!doctype html><title>A page</title>';

interface Seen {
  target: string;
  status: number;
  /** Whether the browser said what it held. */
  isConditional: boolean;
}

(isThere ? describe : describe.skip)('a page in Chromium, whose cache is on', () => {
  let platform: GivenPlatform;
  let directory: string;
  let browser: Browser;
  const started: GivenQuery[] = [];
  /** Where a page of another origin stands. */
  let elsewhere: Server;

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    directory = await mkdtemp(join(tmpdir(), 'page-'));
    await writeFile(join(directory, 'index.html'), PAGE);
    elsewhere = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE));
    await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  });

  afterAll(async () => {
    await browser?.close();
    elsewhere?.close();
    await Promise.all(started.map((query) => query.close()));
    if (directory) await rm(directory, { recursive: true });
    await platform?.close();
  });

  async function given(env: Record<string, string> = {}): Promise<GivenQuery> {
    const query = await GivenQuery.on(platform, env, { board: directory });
    started.push(query);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
    return query;
  }

  /** What reaches the service from here on. */
  function seenBy(query: GivenQuery): Seen[] {
    const seen: Seen[] = [];
    const server = query.app.getHttpServer();
    server.on('request', ({ url = '', headers }: IncomingMessage, response: ServerResponse) => {
      const isConditional = headers['if-none-match'] !== undefined;
      response.once('finish', () => seen.push({ target: url, status: response.statusCode, isConditional }));
    });
    return seen;
  }

  /** `fetch` as pages call it, with nothing but the URL. */
  function titles(page: Page, url: string): Promise<string[]> {
    return page.evaluate(async (from) => {
      const answer = await fetch(from);
      const { data } = (await answer.json()) as { data: { sessions: { title: string }[] } };
      return data.sessions.map(({ title }) => title);
    }, url);
  }

  async function pageAt(url: string): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  it.each([
    ['of the service itself', 'same', {}],
    ['of another origin', 'other', {}],
    ['of the one other origin that is allowed', 'other', { isRestricted: true }],
  ])('%s: finds in the next GET what started, and is not sent again what it holds', async (_name, where, how) => {
    const other = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const query = await given('isRestricted' in how ? { ALLOWED_ORIGINS: other } : {});
    const seen = seenBy(query);
    const page = await pageAt(where === 'same' ? query.url : other);
    const target = `/rooms/${randomUUID()}/sessions`;

    for (let n = 0; n < 3; n += 1) {
      const title = `Started ${randomUUID()}`;
      await platform.sessions(event('session.started.v1', randomUUID(), { title, room_id: randomUUID() }));
      expect(await titles(page, `${query.url}/sessions?limit=50`)).toContain(title);
    }

    for (let n = 0; n < 3; n += 1) expect(await titles(page, query.url + target)).toEqual([]);
    expect(seen.filter((one) => one.target === target)).toEqual([
      { target, status: 200, isConditional: false },
      { target, status: 304, isConditional: true },
      { target, status: 304, isConditional: true },
    ]);
    await page.context().close();
  });

  it('with a key keeps what it was told to itself, and asks each time', async () => {
    const query = await given();
    const seen = seenBy(query);
    const page = await pageAt(query.url);
    const ask = (key: string | null) =>
      page.evaluate(
        async ([url, shown]) => {
          const answer = await fetch(url ?? '', { headers: shown ? { 'x-api-key': shown } : {} });
          return { status: answer.status, caching: answer.headers.get('cache-control') };
        },
        [`${query.url}/sessions/stats`, key],
      );
    expect(await ask('a key for tests')).toEqual({ status: 200, caching: 'private, no-cache' });
    expect(await ask('a key for tests')).toEqual({ status: 200, caching: 'private, no-cache' });
    expect(await ask(null)).toEqual({ status: 200, caching: 'public, max-age=0, s-maxage=1' });
    expect(seen.filter(({ target }) => target === '/sessions/stats')).toHaveLength(3);
    await page.context().close();
  });
});

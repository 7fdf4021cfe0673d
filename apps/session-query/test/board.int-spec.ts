import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { GivenPlatform } from './given-platform';
import { GivenQuery } from './given-query';

describe('the board', () => {
  let platform: GivenPlatform;
  let directory: string;
  let query: GivenQuery | undefined;

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    directory = await mkdtemp(join(tmpdir(), 'board-'));
    await writeFile(join(directory, 'index.html'), '<!doctype html><title>Marquee</title>');
    await writeFile(join(directory, 'embed.html'), '<!doctype html><title>Embedded</title>');
    await writeFile(join(directory, 'theme.js'), 'void 0;');
    await mkdir(join(directory, 'assets'));
    await writeFile(join(directory, 'assets', 'board-x1.js'), 'void 1;');
    await writeFile(join(directory, 'assets', 'board-x1.js.br'), brotliCompressSync('void 1;'));
  });

  afterEach(async () => {
    await query?.close();
    query = undefined;
  });

  afterAll(async () => {
    await rm(directory, { recursive: true });
    await platform?.close();
  });

  async function ask(path: string, env: Record<string, string> = {}, board = directory, headers = {}) {
    query ??= await GivenQuery.on(platform, env, { board });
    return query.ask(path, { headers });
  }

  it('is the page at /, that may talk to its own host and the gateway only', async () => {
    const { status, headers, text } = await ask('/', {
      GATEWAY_URL: 'https://live.example.com',
      EVENTS_URL: 'https://events.example.com',
    });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(text).toContain('<title>Marquee');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain(
      "connect-src 'self' https://live.example.com wss://live.example.com https://events.example.com",
    );
    expect(policy).toContain("script-src 'self'");
    expect((await ask('/board-config.json')).body).toEqual({
      gateway_url: 'https://live.example.com',
      events_url: 'https://events.example.com',
      now: expect.any(Number) as unknown,
    });
  });

  it('finds the gateway on its own host where nothing is configured', async () => {
    expect((await ask('/board-config.json')).body).toMatchObject({
      gateway_url: 'http://127.0.0.1:3001',
      events_url: 'http://127.0.0.1:3002',
    });
  });

  it.each(['/schedule', '/s/86b0cea9-8ae7-40bc-a102-1b9a26986f10', '/how', '/ops'])(
    'is the page at %s too',
    async (path) => {
      const { status, headers, text } = await ask(path);
      expect([status, headers.get('cache-control'), text]).toEqual([
        200,
        'no-cache',
        expect.stringContaining('<title>Marquee'),
      ]);
      expect(headers.get('content-security-policy')).toContain("script-src 'self'");
    },
  );

  it.each(['/nothing', '/schedule/', '/s/one/two', '/sessions/one/two/three'])(
    'says to a person that there is no %s, and to a program as the API does',
    async (path) => {
      const page = await ask(path, {}, directory, { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
      expect([page.status, page.text]).toEqual([404, expect.stringContaining('<title>Marquee')]);
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(await ask(path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    },
  );

  it('has an example of a page that embeds it', async () => {
    expect((await ask('/embed')).text).toContain('<title>Embedded');
  });

  it('has its files, and no others', async () => {
    expect(await ask('/theme.js')).toMatchObject({ status: 200, text: 'void 0;' });
    for (const path of ['/index.html', '/embed.html', '/assets/board-x1.js.br', '/board.css', '/..%2fpackage.json']) {
      expect(await ask(path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it('lets browsers keep for good what is named after its contents, and sends it compressed', async () => {
    const { headers, text } = await ask('/assets/board-x1.js', {}, directory, { 'accept-encoding': 'br' });
    expect(text).toBe('void 1;');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-encoding')).toBe('br');
    expect(headers.get('vary')).toContain('ccept-encoding');
    expect((await ask('/theme.js')).headers.get('cache-control')).toBe('no-cache');
  });

  it('has the files of a build that came while it runs, and says of others that they are not there', async () => {
    await ask('/');
    await writeFile(join(directory, 'assets', 'board-x2.js'), 'void 2;');
    expect(await ask('/assets/board-x2.js')).toMatchObject({ status: 200, text: 'void 2;' });
    const { status, headers, body } = await ask('/assets/board-x3.js');
    expect([status, headers.get('cache-control'), body]).toEqual([
      404,
      'no-store',
      expect.objectContaining({ code: 'not_found' }) as unknown,
    ]);
  });

  it('is not found where it was not built; the sessions are', async () => {
    expect(await ask('/', {}, join(directory, 'nothing'))).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await ask('/sessions')).status).toBe(200);
  });
});

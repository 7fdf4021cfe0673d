import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    await writeFile(join(directory, 'board.js'), 'void 0;');
  });

  afterEach(async () => {
    await query?.close();
    query = undefined;
  });

  afterAll(async () => {
    await rm(directory, { recursive: true });
    await platform?.close();
  });

  async function ask(path: string, env: Record<string, string> = {}, board = directory) {
    query ??= await GivenQuery.on(platform, env, { board });
    return query.ask(path);
  }

  it('is the page at /, that may talk to its own host and the gateway only', async () => {
    const { status, headers, text } = await ask('/', { GATEWAY_URL: 'https://live.example.com' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(text).toContain('<title>Marquee');
    const policy = headers.get('content-security-policy');
    expect(policy).toContain("connect-src 'self' https://live.example.com wss://live.example.com");
    expect(policy).toContain("script-src 'self'");
    expect((await ask('/board-config.json')).body).toEqual({
      gateway_url: 'https://live.example.com',
      now: expect.any(Number) as unknown,
    });
  });

  it('finds the gateway on its own host where nothing is configured', async () => {
    expect((await ask('/board-config.json')).body).toMatchObject({ gateway_url: 'http://127.0.0.1:3001' });
  });

  it('has its files, and no others', async () => {
    expect(await ask('/board.js')).toMatchObject({ status: 200, text: 'void 0;' });
    for (const path of ['/index.html', '/board.css', '/..%2fpackage.json', '/%2e%2e/package.json']) {
      expect(await ask(path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
  });

  it('is not found where it was not built; the sessions are', async () => {
    expect(await ask('/', {}, join(directory, 'nothing'))).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await ask('/sessions')).status).toBe(200);
  });
});

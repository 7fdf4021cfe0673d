import { errorAnswer } from '#libs/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Marquee, sharedStack } from './given/marquee';
import { rawRequest } from './given/raw-request';

const generated = join(__dirname, '..', 'libs', 'contracts', 'generated');

describe('a stranger', () => {
  let marquee: Marquee;

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack());
    await marquee.start();
  });
  afterAll(() => marquee?.close());

  const target = (path: string, headers = '', method = 'GET') =>
    `${method} ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
  it.each([
    ['no HTTP', 'hello\r\n\r\n', [400]],
    ['a TLS greeting', Buffer.from('1603010200010001fc0303', 'hex'), [400]],
    ['headers beyond measure', target('/health/live', `X-A: ${'a'.repeat(20_000)}\r\n`), [431]],
    ['a long URL', target(`/health/live?${'a'.repeat(13_000)}`), [414]],
    ['a bad encoding', target('/%zz'), [400]],
    ['an overlong encoding', target('/%c0%ae%c0%ae/%c0%ae'), [400]],
    ['a way out', target('/../../etc/passwd'), [404]],
    ['an unknown path', target('/nothing'), [404]],
    ['a path like a property', target('/__proto__/constructor'), [404]],
    ['an unknown method', target('/health/live', '', 'BREW'), [400]],
    ['a method of others', target('/health/live', 'Content-Length: 0\r\n', 'PROPFIND'), [404, 405]],
    ['a body that is no JSON', `${target('/', jsonOf(5), 'POST')}{"a":`, [400, 404, 405]],
    ['a body that is no JSON, for events', `${target('/events', jsonOf(5), 'POST')}{"a":`, [400, 401, 404, 405]],
    [
      'a body of no known type',
      `${target('/', 'Content-Type: a/b\r\nContent-Length: 1\r\n', 'POST')}x`,
      [404, 405, 415],
    ],
    ['an admin', target('/admin/quarantine'), [401, 403, 404]],
  ])('is refused in the envelope by all three services: %s', async (_name, bytes, statuses) => {
    for (const { app, url } of marquee.services) {
      const { status, text, headers } = await rawRequest(url, bytes);
      expect({ app, status: statuses.includes(status) ? statuses : status }).toEqual({ app, status: statuses });
      expect(errorAnswer.safeParse(JSON.parse(text)).error).toBeUndefined();
      expect(text).not.toMatch(/node_modules|dist\/|at .*\.[jt]s:/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
    for (const { url } of marquee.services) expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it.each(['openapi.json', 'asyncapi.json'])('reads %s as it is committed', async (name) => {
    const served: unknown = await (await fetch(`${marquee.query.url}/${name}`)).json();
    expect(served).toEqual(JSON.parse(readFileSync(join(generated, name), 'utf8')));
  });

  it.each(['/docs', '/docs/async'])('finds all that the page %s needs here', async (path) => {
    const page = await fetch(`${marquee.query.url}${path}`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const needed = [...(await page.text()).matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(needed.length).toBeGreaterThan(3);
    for (const link of needed.filter((one) => !one.startsWith('data:'))) {
      expect(link).toMatch(/^\//);
      expect((await fetch(`${marquee.query.url}${link}`)).status).toBe(200);
    }
  });
});

function jsonOf(length: number): string {
  return `Content-Type: application/json\r\nContent-Length: ${length}\r\n`;
}

import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { errorAnswer } from '#libs/contracts';
import { eventually } from './eventually';
import { GivenPlatform } from './given-platform';
import { GivenQuery } from './given-query';

describe('what is refused', () => {
  let platform: GivenPlatform;
  let query: GivenQuery;

  beforeAll(async () => {
    platform = await GivenPlatform.make();
    query = await GivenQuery.on(platform);
    await eventually(async () => expect((await query.ask('/health/ready')).status).toBe(200));
  });

  afterAll(async () => {
    await query?.close();
    await platform?.close();
  });

  const many = (n: number) => Array.from({ length: n }, () => randomUUID()).join(',');

  it.each([
    ['page=0', 'page', /1/],
    ['page=-1', 'page', /1/],
    ['page=1000001', 'page', /1000000/],
    ['page=1.5', 'page', /whole number/],
    ['page=1e1', 'page', /whole number/],
    ['page=', 'page', /whole number/],
    ['page=%20', 'page', /whole number/],
    ['limit=0', 'limit', /1/],
    ['limit=101', 'limit', /100/],
    ['limit=ten', 'limit', /whole number from 1 to 100/],
    ['limit=99999999999999999999', 'limit', /100/],
    ['status=paused', 'status', /scheduled/],
    ['status=live,', 'status', /scheduled/],
    ['status=', 'status', /scheduled/],
    ['mode=obs', 'mode', /webcam/],
    ['room_id=7', 'room_id', /UUID|GUID/i],
    [`ids=${many(101)}`, 'ids', /at most 100/],
    ['recording_enabled=yes', 'recording_enabled', /true or false/],
    ['min_viewers=-1', 'min_viewers', /from 0/],
    ['min_viewers=100000001', 'min_viewers', /100000000/],
    ['started_after=yesterday', 'started_after', /RFC 3339/],
    ['started_before=2026-01-01T00:00:00', 'started_before', /zone/],
    ['q=', 'q', /1/],
    [`q=${'a'.repeat(201)}`, 'q', /200/],
    ['q=%00', 'q', /NUL/],
    ['sort=title', 'sort', /created_at/],
    ['order=down', 'order', /asc/],
    ['colour=red', 'colour', /not a known/],
    ['__proto__=1', '__proto__', /not a known/],
    ['LIMIT=1', 'LIMIT', /not a known/],
    ['limit=1&limit=2', 'limit', /once/],
    ['q=%ff', 'q', /percent/],
    ['q=%', 'q', /percent/],
  ])('C22: is %s, naming the parameter and its bound', async (parameters, parameter, bound) => {
    for (const path of ['/sessions', '/sessions/live']) {
      // `status` is no parameter of the live list.
      const expected = path === '/sessions/live' && parameter === 'status' ? /not a known/ : bound;
      const { status, body, headers } = await query.ask(`${path}?${parameters}`);
      expect(status).toBe(400);
      expect(errorAnswer.safeParse(body).error).toBeUndefined();
      expect(body).toMatchObject({ code: 'invalid_query' });
      const detail = body.details?.find((one) => one.parameter.split('.')[0] === parameter);
      expect(detail?.message).toMatch(expected);
      expect(body.error).toContain(parameter);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it.each([
    ['/sessions?limit=0', {}, 400],
    ['/sessions/stats', { 'x-api-key': 'nobody’s'.slice(0, 6) }, 401],
    ['/sessions?organization_id=a0000000-0000-4000-8000-000000000001', {}, 403],
    [`/sessions/${randomUUID()}`, {}, 404],
    ['/nothing', {}, 404],
  ])('%s %j: is %i, which no cache keeps', async (path, headers: Record<string, string>, status) => {
    for (let n = 0; n < 2; n += 1) {
      const answer = await query.ask(path, { headers });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      for (const name of ['cdn-cache-control', 'etag', 'retry-after']) expect(answer.headers.has(name)).toBe(false);
    }
  });

  it('is told all at once', async () => {
    const { body } = await query.ask('/sessions?limit=101&page=0&colour=red');
    expect(body.details?.map(({ parameter }) => parameter).sort()).toEqual(['colour', 'limit', 'page']);
  });

  it.each([
    ['/sessions/7', 400, 'id'],
    ['/sessions/live/', 404, undefined],
    ['/sessions/%ff', 400, undefined],
    [`/sessions/${'a'.repeat(300)}`, 400, 'id'],
    [`/sessions/${'a'.repeat(200)}`, 400, 'id'],
    [`/sessions/${randomUUID()}?id=7`, 400, 'id'],
    [`/sessions/${randomUUID()}?colour=red`, 400, 'colour'],
    ['/nothing', 404, undefined],
    ['/Sessions', 404, undefined],
    ['/sessions%2flive', 404, undefined],
    ['//sessions', 404, undefined],
    ['/.env', 404, undefined],
    ['/..%2f..%2fpackage.json', 404, undefined],
  ])('is %s, in the envelope', async (path, status, parameter) => {
    const answer = await query.ask(path);
    expect(answer.status).toBe(status);
    expect(errorAnswer.safeParse(answer.body).error).toBeUndefined();
    expect(answer.body.code).toBe(status === 404 ? 'not_found' : 'invalid_query');
    if (parameter) expect(answer.body.details?.[0]?.parameter).toBe(parameter);
    expect(answer.text).not.toMatch(/node_modules|at .*\.[jt]s:/);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])('is a %s, whatever it brings', async (method) => {
    for (const path of ['/sessions', '/sessions/live', `/sessions/${randomUUID()}`]) {
      const bodies = [undefined, '{"broken', '{"status":"live"}'];
      for (const body of bodies) {
        const answer = await query.ask(path, { method, body, headers: { 'content-type': 'application/json' } });
        expect(answer.status).toBe(405);
        expect(answer.headers.get('allow')).toBe('GET, HEAD');
        expect(answer.body).toMatchObject({ success: false, code: 'method_not_allowed' });
      }
    }
  });

  it('is no HEAD: it has the headers of a GET and no body', async () => {
    const answer = await query.ask('/sessions?limit=1', { method: 'HEAD' });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('');
    expect(answer.headers.get('x-live-position')).toMatch(/^\d+\.\d+$/);
    expect((await query.ask('/sessions?limit=0', { method: 'HEAD' })).status).toBe(400);
  });

  it.each([
    '/sessions?q=caf\u00e9',
    '/sessions?q=%zz',
    '/sessions?limit=1#x',
    '*',
    'http://other.example/sessions?page=0',
  ])('is the raw request target %s, or an answer: never a failure of ours', async (target) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(query.url);
      request({ hostname, port, path: encodeNonAscii(target), agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(500);
  });
});

/** Bytes as a careless client sends them: not encoded. */
function encodeNonAscii(target: string): string {
  return Buffer.from(target, 'utf8').toString('latin1');
}

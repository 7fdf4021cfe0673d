import { once } from 'node:events';
import { connect } from 'node:net';
import { Controller, Get, Module, Post, Query, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { errorAnswer } from '#libs/contracts';
import { rawRequest } from '../../../test/given/raw-request';
import { Metrics, Operations, Readiness, ServiceHostModule, createService, parseOrRefuse } from './index';

const JSON_OF_TEN = 'Content-Type: application/json\r\nContent-Length: 10\r\n';

@Controller('things')
class ThingsController {
  @Post()
  make() {
    return {};
  }

  @Get()
  list(@Query() query: unknown) {
    return parseOrRefuse(
      z.strictObject({ limit: z.coerce.number().max(100, { error: 'must be at most 100' }).default(10) }),
      query,
    );
  }

  @Get('endless')
  endless(@Res() reply: FastifyReply): void {
    reply.hijack();
    reply.raw.writeHead(200).write('begun');
  }

  @Get('broken')
  broken(): never {
    throw new TypeError('password=hunter2');
  }
}

@Module({
  imports: [ServiceHostModule.register({ name: 'things', logLevel: 'silent' })],
  controllers: [ThingsController],
})
class ThingsModule {}

describe('a process that hosts a service', () => {
  let app: NestFastifyApplication;
  const get = (url: string) => app.inject({ method: 'GET', url });

  beforeEach(async () => {
    app = await createService(ThingsModule, {});
    await app.init();
  });
  afterEach(() => app.close());

  it('is ready only while every dependency can be used, and tells operators which cannot', async () => {
    const readiness = app.get(Readiness);
    readiness.add('good', async () => ({ lag: 0 }));
    expect((await get('/health/ready')).statusCode).toBe(200);

    readiness.add('bad', () => Promise.reject(new Error('ECONNREFUSED')));
    const verdict = await get('/health/ready');
    expect(verdict.statusCode).toBe(503);
    expect(verdict.json()).toEqual({ status: 'unavailable' });
    const told = await app.get(Operations).answer('/health/ready');
    expect(told.status).toBe(503);
    expect(JSON.parse(told.text)).toEqual({
      status: 'unavailable',
      checks: [
        { name: 'good', ok: true, lag: 0 },
        { name: 'bad', ok: false, error: 'ECONNREFUSED' },
      ],
    });
    expect((await get('/health/live')).statusCode).toBe(200);
  });

  it('is ready, and degraded, while a dependency can be used in part; operators are told why', async () => {
    const readiness = app.get(Readiness);
    readiness.add('good', async () => ({ lag: 0 }));
    readiness.add('poor', async () => ({ at: 7, degraded: 'it is old' }));
    const verdict = await get('/health/ready');
    expect([verdict.statusCode, verdict.json()]).toEqual([200, { status: 'degraded' }]);
    const told = await app.get(Operations).answer('/health/ready');
    expect([told.status, JSON.parse(told.text)]).toEqual([
      200,
      {
        status: 'degraded',
        checks: [
          { name: 'good', ok: true, lag: 0 },
          { name: 'poor', ok: true, at: 7, degraded: 'it is old' },
        ],
      },
    ]);
    readiness.close();
    expect((await get('/health/ready')).json()).toEqual({ status: 'unavailable' });
  });

  it('looks at its dependencies once for all who ask meanwhile', async () => {
    const readiness = app.get(Readiness);
    const probe = jest.fn(async () => ({}));
    readiness.add('good', probe);
    await Promise.all(Array.from({ length: 20 }, () => readiness.look()));
    expect(probe).toHaveBeenCalledTimes(1);
    await readiness.look();
    expect(probe).toHaveBeenCalledTimes(2);
  });

  it('is not ready any more once it shuts down', async () => {
    app.get(Readiness).close();
    expect((await get('/health/ready')).statusCode).toBe(503);
  });

  it('gives its metrics to Prometheus, and not to the public', async () => {
    const { type, text } = await app.get(Operations).answer('/metrics');
    expect(type).toBe(app.get(Metrics).registry.contentType);
    expect(text).toContain('process_cpu_seconds_total');
    expect((await get('/metrics')).statusCode).toBe(404);
  });

  it('refuses in the envelope, naming the parameter and its bound', async () => {
    const answer = await get('/things?limit=101&colour=red');
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'invalid_query',
      error: 'limit: must be at most 100',
      details: [
        { parameter: 'limit', message: 'must be at most 100' },
        { parameter: 'colour', message: 'is not a known parameter' },
      ],
    });
  });

  it.each(['/nothing', '/%ff', '/things/../%c0'])('answers %s in the envelope, never with a 500', async (url) => {
    const answer = await get(url);
    expect([400, 404]).toContain(answer.statusCode);
    expect(answer.json()).toMatchObject({ success: false, details: [] });
  });

  it('says nothing of its inside when it fails', async () => {
    const answer = await get('/things/broken');
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ success: false, code: 'internal', error: 'something went wrong here' });
    expect(answer.body).not.toContain('hunter2');
  });

  it('refuses a body that is no JSON, of no known type, or too large as such', async () => {
    const post = (payload: string, type: string) =>
      app.inject({ method: 'POST', url: '/things', payload, headers: { 'content-type': type } });
    expect((await post('{"a":', 'application/json')).json()).toMatchObject({ success: false, code: 'invalid_body' });
    expect((await post('', 'application/json')).json()).toMatchObject({ success: false, code: 'invalid_body' });
    expect((await post('a', 'text/csv')).json()).toMatchObject({ success: false, code: 'unsupported_media_type' });
    const large = JSON.stringify('x'.repeat(2_000_000));
    expect((await post(large, 'application/json')).json()).toMatchObject({ success: false, code: 'payload_too_large' });
  });
});

describe('what never becomes a request', () => {
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    app = await createService(ThingsModule, {});
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\nHost: a\r\n${headers}\r\n`;
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'malformed_request'],
    ['TLS', Buffer.from('1603010200010001fc0303', 'hex'), 400, 'malformed_request'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'malformed_request'],
    ['an unknown method', 'BREW /things HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['a header without a name', get('/things', ': x\r\n'), 400, 'malformed_request'],
    ['a length that is none', get('/things', 'Content-Length: ten\r\n'), 400, 'malformed_request'],
    ['two lengths', get('/things', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'), 400, 'malformed_request'],
    ['a NUL in its path', get('/thi\0ngs'), 400, 'malformed_request'],
    ['headers beyond measure', get('/things', `X-A: ${'a'.repeat(20_000)}\r\n`), 431, 'headers_too_large'],
    ['many headers', get('/things', 'X-A: aaaaaaaaaaaaaaa\r\n'.repeat(1000)), 431, 'headers_too_large'],
    ['a URL beyond measure', get(`/${'a'.repeat(20_000)}`), 431, 'headers_too_large'],
    ['a long URL', get(`/things?limit=${'1'.repeat(13_000)}`), 414, 'uri_too_long'],
    ['a path that cannot be decoded', get('/things/%zz'), 400, 'invalid_query'],
    ['an unknown expectation', get('/things', 'Expect: tea\r\n'), 200, undefined],
  ])('is answered in the envelope: %s', async (_name, bytes, status, code) => {
    const answer = await rawRequest(url, bytes);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
    if (code) {
      expect(errorAnswer.safeParse(JSON.parse(answer.text)).error).toBeUndefined();
      expect(JSON.parse(answer.text)).toMatchObject({ code });
      expect(answer.headers['cache-control']).toBe('no-store');
    }
  });

  it.each([
    ['headers', 'GET /things HTTP/1.1\r\nHost: a\r\n'],
    ['its body', `POST /things HTTP/1.1\r\nHost: a\r\n${JSON_OF_TEN}\r\n{`],
    ['a body that nobody reads', `POST /nothing HTTP/1.1\r\nHost: a\r\n${JSON_OF_TEN}\r\n{`],
  ])('is given up when the end of %s does not come', async (_name, bytes) => {
    const impatient = await createService(ThingsModule, { requestLimitMs: 50 });
    await impatient.listen(0, '127.0.0.1');
    const { status, text } = await rawRequest(await impatient.getUrl(), bytes);
    await impatient.close();
    expect(status).toBe(408);
    expect(errorAnswer.parse(JSON.parse(text))).toMatchObject({ code: 'request_timeout' });
  });

  it('does not write an answer into one that has begun', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () => socket.write(get('/things/endless')));
    socket.setEncoding('utf8').once('data', () => socket.write('nonsense\r\n\r\n'));
    let heard = '';
    socket.on('data', (text: string) => (heard += text));
    await once(socket, 'close');
    expect(heard.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });
});

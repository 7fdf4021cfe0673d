import { Controller, Get, Module, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { Metrics, Readiness, ServiceHostModule, createService, parseOrRefuse } from './index';

@Controller('things')
class ThingsController {
  @Get()
  list(@Query() query: unknown) {
    return parseOrRefuse(
      z.strictObject({ limit: z.coerce.number().max(100, { error: 'must be at most 100' }) }),
      query,
    );
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

  it('is ready only while every dependency can be used, and says which cannot', async () => {
    const readiness = app.get(Readiness);
    readiness.add('good', async () => ({ lag: 0 }));
    expect((await get('/health/ready')).statusCode).toBe(200);

    readiness.add('bad', () => Promise.reject(new Error('ECONNREFUSED')));
    const answer = await get('/health/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({
      status: 'unavailable',
      checks: [
        { name: 'good', ok: true, lag: 0 },
        { name: 'bad', ok: false, error: 'ECONNREFUSED' },
      ],
    });
    expect((await get('/health/live')).statusCode).toBe(200);
  });

  it('is not ready any more once it shuts down', async () => {
    app.get(Readiness).close();
    expect((await get('/health/ready')).statusCode).toBe(503);
  });

  it('gives its metrics to Prometheus', async () => {
    const answer = await get('/metrics');
    expect(answer.headers['content-type']).toBe(app.get(Metrics).registry.contentType);
    expect(answer.body).toContain('process_cpu_seconds_total');
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
});

import { type AddressInfo, createServer } from 'node:net';
import { once } from 'node:events';
import { ConfigError } from '../config';
import { Metrics } from '../metrics';
import { Readiness } from '../readiness';
import { Operations } from './operations';
import { operationsPlace } from './operations-place';

describe('where operators ask a process', () => {
  const readiness = new Readiness();
  const operations = new Operations(new Metrics(), readiness);
  const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${operations.port}${path}`, init);

  beforeAll(() => operations.listen(0, '127.0.0.1'));
  afterAll(() => operations.onApplicationShutdown());

  it('are its metrics, and whether it is ready and why not', async () => {
    expect(await (await get('/metrics?x=1')).text()).toContain('process_cpu_seconds_total');
    expect(await (await get('/health/ready')).json()).toEqual({ status: 'ok', checks: [] });
    readiness.add('redis', () => Promise.reject(new Error('ECONNREFUSED')));
    const answer = await get('/health/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ checks: [{ name: 'redis', ok: false, error: 'ECONNREFUSED' }] });
    expect((await get('/health/live')).status).toBe(200);
  });

  it('is nothing else', async () => {
    expect((await get('/sessions')).status).toBe(404);
    expect((await get('/metrics', { method: 'POST' })).status).toBe(405);
    expect(await (await get('/metrics', { method: 'HEAD' })).text()).toBe('');
  });

  it('must be free: the error names the port and its variable', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const second = new Operations(new Metrics(), readiness);
    const message = `cannot listen on port ${port} of 127.0.0.1 (OPERATIONS_PORT): another process has it`;
    await expect(second.listen(port, '127.0.0.1')).rejects.toThrow(message);
    await expect(second.listen(0, '192.0.2.1')).rejects.toThrow('this machine has no such address');
    other.close();
  });

  it.each([
    [{ PORT: 3001 }, { host: '0.0.0.0', port: 4001 }],
    [{ PORT: 0 }, { host: '0.0.0.0', port: 0 }],
    [{ PORT: 65_000 }, { host: '0.0.0.0', port: 64_000 }],
    [
      { PORT: 3001, OPERATIONS_PORT: 9000 },
      { host: '0.0.0.0', port: 9000 },
    ],
    [
      { PORT: 3001, OPERATIONS_HOST: '127.0.0.1' },
      { host: '127.0.0.1', port: 4001 },
    ],
    [
      { PORT: 3001, OPERATIONS_PORT: 0 },
      { host: '0.0.0.0', port: 0 },
    ],
  ])('of %j is %j', (config, place) => {
    expect(operationsPlace({ HOST: '0.0.0.0', ...config })).toEqual(place);
  });

  it('is not the public port', () => {
    expect(() => operationsPlace({ HOST: '0.0.0.0', PORT: 3001, OPERATIONS_PORT: 3001 })).toThrow(ConfigError);
  });
});

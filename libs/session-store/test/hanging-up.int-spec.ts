import type { DataSource } from 'typeorm';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { createDataSource } from '../src';

const SAYS_42 = { on: (chunk: Buffer) => chunk.includes('SELECT 42'), fault: 'hole', forward: true } as const;

describe('a connection that gets no answer', () => {
  let proxy: FaultProxy;
  let source: DataSource;

  beforeAll(async () => {
    const url = process.env['DATABASE_URL'] ?? '';
    proxy = await FaultProxy.listen();
    proxy.leadTo(new URL(url).host);
    source = createDataSource({ url: proxy.through(url), name: 'hanging-up', poolSize: 1, answerWithinMs: 1500 });
    await source.initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await proxy.close();
  });

  it('is given up, and the next query has another one', async () => {
    const swallowed = proxy.trap(SAYS_42);
    const query = source.query('SELECT 42 AS it');
    await swallowed;
    await expect(query).rejects.toThrow('Query read timeout');
    expect(await source.query('SELECT 43 AS it')).toEqual([{ it: 43 }]);
  });

  it('is given up within a transaction too', async () => {
    const swallowed = proxy.trap(SAYS_42);
    const transaction = source.transaction((manager) => manager.query('SELECT 42 AS it'));
    await swallowed;
    await expect(transaction).rejects.toThrow();
    expect(await source.query('SELECT 43 AS it')).toEqual([{ it: 43 }]);
  });
});

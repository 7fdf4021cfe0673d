import type { DataSource } from 'typeorm';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { createDataSource, failureKind } from '../src';

const SAYS_42 = { on: (chunk: Buffer) => chunk.includes('SELECT 42'), fault: 'hole', forward: true } as const;

describe('a connection that gets no answer', () => {
  let proxy: FaultProxy;
  let source: DataSource;
  const url = process.env['DATABASE_URL'] ?? '';

  beforeAll(async () => {
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

  it('ends its transaction: what it had locked is free for others, and whoever waited knows it for an outage', async () => {
    const other = createDataSource({ url, name: 'waiting', poolSize: 1, answerWithinMs: 1500 });
    await other.initialize();
    const [holder, waiting] = [source.createQueryRunner(), other.createQueryRunner()];
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock(42)');
    const refused = await waiting.query('SELECT pg_advisory_xact_lock(42)').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: '55P03' });
    expect(failureKind(refused)).toBe('away');
    for (let taken = false; !taken;) taken = (await waiting.query('SELECT pg_try_advisory_lock(42) AS taken'))[0].taken;
    const ended = await holder.query('SELECT 1').catch((error: unknown) => error);
    expect(failureKind(ended)).not.toBe('of-a-message');
    await waiting.release();
    await other.destroy();
  });
});

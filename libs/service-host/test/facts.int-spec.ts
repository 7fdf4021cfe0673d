import { randomUUID } from 'node:crypto';
import type { PinoLogger } from 'nestjs-pino';
import { eventuallyPasses } from '../../../test/given/eventually';
import { RedisPair } from '../../../test/given/redis-pair';
import { FactsReader, FactsTeller, Readiness } from '../src';

interface Said {
  level: string;
  message: string;
}

describe('facts of processes', () => {
  let pair: RedisPair;
  let reader: FactsReader;
  let tag: string;
  const said: Said[] = [];
  const tellers: FactsTeller[] = [];
  const note = (level: string) => (_fields: object, message: string) => void said.push({ level, message });
  const log = { warn: note('warn'), info: note('info') } as unknown as PinoLogger;

  beforeAll(async () => {
    pair = await RedisPair.start();
  });
  beforeEach(() => {
    tag = randomUUID();
    reader = new FactsReader({ redisUrl: pair.a.url, tag });
    said.splice(0);
  });
  afterEach(async () => {
    await pair.a.ask.config('SET', 'maxmemory', '0');
    await Promise.all(tellers.splice(0).map((one) => one.onApplicationShutdown()));
    reader.close();
  });
  afterAll(() => pair.close());

  function told(service: 'session-query' | 'session-gateway', readiness = new Readiness()): FactsTeller {
    const teller = new FactsTeller({ service, redisUrl: pair.a.url, tag }, readiness, log);
    tellers.push(teller);
    teller.onApplicationBootstrap();
    return teller;
  }
  const services = async () => (await reader.read()).processes.map(({ service }) => service);

  it('are there of every process, with what it needs and how it is', async () => {
    const readiness = new Readiness();
    readiness.add('postgres', async () => ({ degraded: 'slow' }));
    readiness.add('redis', () => Promise.reject(new Error('it is away')));
    const [one, other] = [told('session-query', readiness), told('session-query')];
    told('session-gateway');
    await eventuallyPasses('all have said theirs', async () =>
      expect(await services()).toEqual(['session-gateway', 'session-query', 'session-query']),
    );
    const { processes, unreadable } = await reader.read();
    expect(unreadable).toEqual([]);
    const mine = processes.find(({ instance }) => instance === one.instance);
    expect(mine).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as unknown,
      ready: false,
      checks: [
        { name: 'postgres', ok: true, degraded: 'slow', error: null },
        { name: 'redis', ok: false, degraded: null, error: 'it is away' },
      ],
      lifecycle: null,
      query: null,
      gateway: null,
      is_cut: false,
    });
    expect(mine?.memory.rss).toBeGreaterThan(1_000_000);
    expect(processes.find(({ instance }) => instance === other.instance)?.ready).toBe(true);
  });

  it('leave with a process that ends in order, and expire with one that does not', async () => {
    const orderly = told('session-query');
    const dead = told('session-gateway');
    await eventuallyPasses('both are there', async () => expect(await services()).toHaveLength(2));
    await orderly.onApplicationShutdown();
    expect(await services()).toEqual(['session-gateway']);
    const key = `{${tag}}:facts:session-gateway:${dead.instance}`;
    expect(await pair.a.ask.pttl(key)).toBeGreaterThan(0);
    expect(await pair.a.ask.pttl(`{${tag}}:facts`)).toBeGreaterThan(0);
    await dead.onApplicationShutdown();
    await pair.a.ask.zadd(`{${tag}}:facts`, Date.now(), key);
    expect(await reader.read()).toEqual({ processes: [], unreadable: [] });
  });

  it('that another build has written are named, not shown', async () => {
    const key = `{${tag}}:facts:session-dreams:host 1`;
    await pair.a.ask.multi().set(key, '{"service":7}').zadd(`{${tag}}:facts`, Date.now(), key).exec();
    await eventuallyPasses('it is named', async () =>
      expect(await reader.read()).toEqual({ processes: [], unreadable: ['session-dreams:host 1'] }),
    );
    await pair.a.ask.set(key, 'no JSON');
    expect((await reader.read()).unreadable).toEqual(['session-dreams:host 1']);
  });

  it('are not said while Redis is full, and are said again afterwards; the log tells it once', async () => {
    await pair.a.ask.config('SET', 'maxmemory', '1');
    const teller = told('session-query');
    let looks = 0;
    teller.says(async () => {
      looks += 1;
      return {};
    });
    await eventuallyPasses('it was tried in vain', async () => expect(looks).toBeGreaterThan(2));
    expect(said.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(await services()).toEqual([]);
    await pair.a.ask.config('SET', 'maxmemory', '0');
    await eventuallyPasses('it is there', async () => expect(await services()).toEqual(['session-query']));
    expect(said.map(({ level }) => level)).toEqual(['warn', 'info']);
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import Redis from 'ioredis';
import { eventuallyPasses } from '../../../test/given/eventually';
import { metricsOf } from '../../../test/given/operations';
import { FaultProxy } from '../../../test/given/fault-proxy';
import { event } from '../../../test/given/producer';
import { GivenLifecycle } from './given-lifecycle';

const { REDIS_URL = '' } = process.env;
/** Longer than the group waits for a word of a member. */
const OUTAGE_MS = 14_000;
const TOPICS = ['sessions', 'viewers', 'directory'] as const;

describe('a dependency that is away', () => {
  let given: GivenLifecycle;
  let app: NestFastifyApplication;
  let database: FaultProxy;
  let memory: FaultProxy;
  const redis = new Redis(REDIS_URL, { lazyConnect: true });

  beforeAll(async () => {
    given = await GivenLifecycle.make();
    database = await FaultProxy.listen();
    memory = await FaultProxy.listen();
    database.leadTo(new URL(given.databaseUrl).host);
    memory.leadTo(new URL(REDIS_URL).host);
    app = await given.service({
      DATABASE_URL: database.through(given.databaseUrl),
      REDIS_URL: memory.through(REDIS_URL),
    });
  });

  afterAll(async () => {
    database?.mend();
    memory?.mend();
    await given?.close();
    await Promise.all([database?.close(), memory?.close()]);
    redis.disconnect();
  });

  async function members(): Promise<string[]> {
    const { groups } = await given.admin.describeGroups(TOPICS.map((topic) => `${given.name}.lifecycle.${topic}`));
    return groups.flatMap((group) => group.members.map(({ memberId }) => `${group.state} ${memberId}`));
  }

  /** A gauge of all topics together. */
  async function metric(name: string): Promise<number> {
    const body = await metricsOf(app);
    const values = [...body.matchAll(new RegExp(`^marquee_consumer_${name}{.*} (\\S+)$`, 'gm'))].map(([, value]) =>
      Number(value),
    );
    expect(values).toHaveLength(TOPICS.length);
    return values.reduce((sum, value) => sum + value, 0);
  }

  async function tellOfOne(): Promise<string> {
    const id = randomUUID();
    await given.send('sessions', event('session.started.v1', id, { title: 'Meanwhile' }));
    await given.send('viewers', event('viewers.counted.v1', id, { viewer_count: 7 }));
    return id;
  }

  const recorded = async (ids: string[]) =>
    given.sql<{ id: string; status: string; viewer_count: number }>(
      `SELECT id, status, viewer_count FROM sessions JOIN session_counts ON session_id = id WHERE id = ANY($1)`,
      [ids],
    );

  async function expectProjected(ids: string[]): Promise<void> {
    await eventuallyPasses('they are in the projection', async () => {
      const epoch = await redis.hget(`{${given.name}}:meta`, 'epoch');
      for (const id of ids)
        expect(await redis.hget(`{${given.name}}:${epoch}:counts`, id)).toContain('"viewer_count":7');
    });
  }

  it.each([
    ['Postgres in a black hole', () => database, (way: FaultProxy) => way.hole()],
    ['Postgres refusing', () => database, (way: FaultProxy) => way.refuse()],
    ['Redis in a black hole', () => memory, (way: FaultProxy) => way.hole()],
    ['Redis refusing', () => memory, (way: FaultProxy) => way.refuse()],
  ])('%s: nobody leaves the group, nothing is quarantined, all is taken when it is back', async (_, of, strike) => {
    const proxy = of();
    const before = await members();
    const [restarts, rebalances, parked] = [
      await metric('restarts'),
      await metric('rebalances'),
      await metric('parked_seconds'),
    ];

    strike(proxy);
    const ids = [await tellOfOne()];
    await wait(OUTAGE_MS);
    ids.push(await tellOfOne());
    const during = await members();
    const parkedDuring = await metric('parked_seconds');
    proxy.mend();

    expect(before).toHaveLength(TOPICS.length);
    expect(during).toEqual(before);
    await eventuallyPasses('both are recorded', async () => {
      const rows = await recorded(ids);
      expect(rows.map(({ status, viewer_count }) => [status, viewer_count])).toEqual([
        ['live', 7],
        ['live', 7],
      ]);
    });
    await expectProjected(ids);
    expect(await members()).toEqual(before);
    expect([await metric('restarts'), await metric('rebalances')]).toEqual([restarts, rebalances]);
    if (proxy === database) expect(parkedDuring).toBeGreaterThan(parked);
    expect(await given.sql('SELECT reason FROM quarantine')).toEqual([]);
    await eventuallyPasses('it is ready', async () => expect((await app.inject('/health/ready')).statusCode).toBe(200));
  });
});

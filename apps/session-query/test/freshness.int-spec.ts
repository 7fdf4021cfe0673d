import { randomUUID } from 'node:crypto';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenProxy } from './given-proxy';
import { GivenQuery } from './given-query';

describe('how fresh answers are', () => {
  let platform: GivenPlatform;
  let toRedis: GivenProxy;
  let toPostgres: GivenProxy;
  let query: GivenQuery;

  beforeEach(async () => {
    platform = await GivenPlatform.make();
    toRedis = await GivenProxy.to(platform.redisUrl);
    toPostgres = await GivenProxy.to(platform.databaseUrl);
  });

  afterEach(async () => {
    await query?.close();
    await toRedis?.close();
    await toPostgres?.close();
    await platform?.close();
  });

  async function start(): Promise<void> {
    query = await GivenQuery.on(platform, {
      REDIS_URL: toRedis.through(platform.redisUrl),
      DATABASE_URL: toPostgres.through(platform.databaseUrl),
    });
  }

  const ready = () =>
    eventually(async () =>
      expect(await query.ask('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } }),
    );
  const started = (id: string) => event('session.started.v1', id, { title: 'On air' });
  const idsOf = async (path: string) => (await query.ask(path)).body.data?.sessions?.map(({ id }) => id);
  const positionOf = async (path: string) => (await query.ask(path)).headers.get('x-live-position');

  it('C12: what was projected is in the next answer of every list, an end as well', async () => {
    await start();
    await ready();
    const before = await positionOf('/sessions');
    const past = Date.now() - 60_000;
    // Gateways may hear of it before this process does.
    toRedis.lagTail(30);
    for (let n = 0; n < 30; n += 1) {
      const id = randomUUID();
      await platform.sessions(event('session.started.v1', id, { title: 'On air' }, past + n * 10));
      const lists = ['/sessions?limit=1', '/sessions/live?limit=1'];
      expect(await Promise.all(lists.map(idsOf))).toEqual([[id], [id]]);
      await platform.sessions(event('session.ended.v1', id, {}, past + n * 10 + 5));
      expect(await Promise.all(lists.map(idsOf))).toEqual([[id], []]);
    }
    const after = await positionOf('/sessions/live');
    expect(Number(after?.split('.')[1])).toBe(Number(before?.split('.')[1]) + 60);
  });

  it('counts move in both lists', async () => {
    const id = randomUUID();
    await platform.sessions(started(id));
    await start();
    await ready();
    for (const viewers of [1, 70_123, 3]) {
      await platform.viewers(event('viewers.counted.v1', id, { viewer_count: viewers }));
      const shown = { viewer_count: viewers, max_viewers: Math.max(viewers, viewers === 3 ? 70_123 : 0) };
      for (const path of ['/sessions', '/sessions/live']) {
        await eventually(async () => expect((await query.ask(path)).body.data?.sessions).toMatchObject([shown]));
      }
    }
  });

  it('counts move when the clock is set back by an hour', async () => {
    const id = randomUUID();
    await platform.sessions(started(id));
    await start();
    await ready();
    const paths = ['/sessions', '/sessions/live'];
    for (const path of paths)
      expect((await query.ask(path)).body.data?.sessions).toMatchObject([{ viewer_count: null }]);
    await platform.viewers(event('viewers.counted.v1', id, { viewer_count: 7 }));
    const real = Date.now.bind(Date);
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000);
    try {
      for (const path of paths) {
        await eventually(async () =>
          expect((await query.ask(path)).body.data?.sessions).toMatchObject([{ viewer_count: 7 }]),
        );
      }
    } finally {
      clock.mockRestore();
    }
  });

  it('C13, C19: without Redis all is still served, and says that it may be old; with it again, no more', async () => {
    const [before, meanwhile] = [randomUUID(), randomUUID()];
    await platform.sessions(started(before));
    await start();
    await ready();

    toRedis.cut();
    await eventually(async () => expect((await query.ask('/sessions/live')).body.stale).toBe(true));
    await eventually(async () =>
      expect(await query.ask('/health/ready')).toMatchObject({ status: 200, body: { status: 'degraded' } }),
    );
    await platform.sessions(started(meanwhile));
    expect(await query.ask('/sessions/live')).toMatchObject({
      status: 200,
      body: { stale: true, data: { total: 1, sessions: [{ id: before }] } },
    });
    expect(await query.ask('/sessions')).toMatchObject({ status: 200, body: { stale: true, data: { total: 2 } } });

    toRedis.mend();
    await ready();
    await eventually(async () => expect(await idsOf('/sessions/live')).toEqual([meanwhile, before]));
    expect((await query.ask('/sessions/live')).body).not.toHaveProperty('stale');
  });

  it('without Postgres, open sessions in an order that no index has are still listed; without Redis, by the record', async () => {
    const id = randomUUID();
    await platform.sessions(started(id));
    await start();
    await ready();
    const asked = [
      'status=live&sort=viewer_count',
      'status=live,scheduled&sort=duration',
      'min_viewers=0&status=live',
      'q=air&status=live',
    ];
    await platform.viewers(event('viewers.counted.v1', id, { viewer_count: 7 }));
    await eventually(async () => expect((await query.ask('/sessions/live?min_viewers=7')).body.data?.total).toBe(1));

    toPostgres.cut();
    for (const one of asked) expect(await idsOf(`/sessions?${one}&limit=3`)).toEqual([id]);
    expect(await query.ask('/sessions?sort=duration')).toMatchObject({ status: 503 });

    toPostgres.mend();
    toRedis.cut();
    await eventually(async () => expect((await query.ask('/sessions/live')).body.stale).toBe(true));
    for (const one of asked) {
      await eventually(async () =>
        expect((await query.ask(`/sessions?${one}&limit=4`)).body).toMatchObject({
          stale: true,
          data: { sessions: [{ id }] },
        }),
      );
    }
  });

  it('an emptied and rebuilt projection is the whole list again, at a greater epoch', async () => {
    const id = randomUUID();
    await platform.sessions(started(id));
    await start();
    await ready();
    const epoch = Number((await positionOf('/sessions/live'))?.split('.')[0]);

    await platform.forgetProjection();
    await eventually(async () => expect((await query.ask('/sessions/live')).body.stale).toBe(true));
    expect(await idsOf('/sessions/live')).toEqual([id]);
    await platform.rebuild();

    await eventually(async () => {
      expect(Number((await positionOf('/sessions/live'))?.split('.')[0])).toBeGreaterThan(epoch);
    });
    expect((await query.ask('/sessions/live')).body).not.toHaveProperty('stale');
    expect(await idsOf('/sessions/live')).toEqual([id]);
  });

  it('an entity tag of a stale answer holds while only fresh_at moves, and no longer when it is fresh again', async () => {
    await platform.sessions(started(randomUUID()));
    await platform.fresh.stop();
    // `fresh_at` never falls, so what was said before is forgotten first.
    await platform.rebuild({ forgetFresh: true });
    const behind = async () => platform.saidFresh(-60_000);
    await behind();
    await start();
    const ask = (tag = '') => query.ask('/sessions/live', { headers: { 'if-none-match': tag } });
    await eventually(async () => expect((await ask()).body.stale).toBe(true));
    const { headers, body } = await ask();
    const tag = headers.get('etag') ?? '';
    await eventually(async () => {
      await behind();
      expect((await ask()).body.fresh_at).not.toBe(body.fresh_at);
    });
    expect((await ask(tag)).status).toBe(304);
    platform.fresh.start();
    await eventually(async () => expect((await ask()).body).not.toHaveProperty('stale'));
    expect(await ask(tag)).toMatchObject({ status: 200, body: { data: { total: 1 } } });
  });

  it('is stale where nobody says how fresh it is, as by a writer of an older build, and ready', async () => {
    await platform.fresh.stop();
    await platform.rebuild({ forgetFresh: true });
    await platform.sessions(started(randomUUID()));
    await start();
    await eventually(async () =>
      expect(await query.ask('/sessions/live')).toMatchObject({
        status: 200,
        body: { stale: true, fresh_at: null, data: { total: 1 } },
      }),
    );
    expect(await query.ask('/health/ready')).toMatchObject({ status: 200, body: { status: 'degraded' } });
    platform.fresh.start();
    await eventually(async () => expect((await query.ask('/sessions/live')).body).not.toHaveProperty('stale'));
  });

  it('C13: what is not known yet is refused, not answered with nothing', async () => {
    toRedis.cut();
    await start();
    const { status, headers, body } = await query.ask('/sessions/live');
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body).toMatchObject({ success: false, code: 'unavailable' });
    await eventually(async () =>
      expect((await query.ask('/sessions')).body).toMatchObject({ success: true, stale: true }),
    );
  });

  it('C13: without Postgres the record is refused and the live list goes on; also when it is away at the start', async () => {
    await platform.sessions(started(randomUUID()));
    toPostgres.cut();
    await start();
    expect(await query.ask('/sessions')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    await eventually(async () => expect((await query.ask('/sessions/live')).body.data?.total).toBe(1));

    toPostgres.mend();
    await ready();
    expect((await query.ask('/sessions')).body.data?.total).toBe(1);

    toPostgres.cut();
    await eventually(async () => expect((await query.ask('/sessions')).status).toBe(503));
    expect((await query.ask(`/sessions/${randomUUID()}`)).status).toBe(503);
    expect((await query.ask('/sessions/live')).body.data?.total).toBe(1);

    toPostgres.mend();
    await ready();
    expect((await query.ask('/sessions')).status).toBe(200);
  });
});

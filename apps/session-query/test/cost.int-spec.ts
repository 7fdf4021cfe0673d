import { randomUUID } from 'node:crypto';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

describe('what a question may cost', () => {
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

  it.each(['/sessions', '/sessions/live', `/rooms/${randomUUID()}/sessions`])(
    '%s: pages end where a walk by cursor is cheaper',
    async (path) => {
      expect((await query.ask(`${path}?page=100&limit=100`)).status).toBe(200);
      const { status, body } = await query.ask(`${path}?page=101&limit=100`);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_query' });
      expect(body.error).toContain('cursor');
      expect(body.details).toMatchObject([{ parameter: 'page', message: expect.stringContaining('10000') }]);
    },
  );

  it.each([
    '/sessions',
    '/sessions?q=zz',
    '/sessions/live',
    `/rooms/${randomUUID()}/sessions`,
    '/sessions?sort=duration',
  ])('%s: says whether the total is exact', async (path) => {
    expect((await query.ask(path)).body.data).toMatchObject({ total: 0, total_exact: true });
  });

  it.each(['q=%20', 'q=%CC%81', 'q=%E3%80%80'])('%s: there must be something to look for', async (parameter) => {
    const { status, body } = await query.ask(`/sessions?${parameter}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_query' });
    expect(body.details).toMatchObject([{ parameter: 'q' }]);
  });

  describe('where looking at a count takes a minute', () => {
    const slow = () =>
      platform.sql(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
      ) as Promise<unknown[]>;

    beforeAll(async () => {
      const data = { room_id: randomUUID(), title: 'Here', mode: 'webcam' };
      await platform.sessions(event('session.started.v1', randomUUID(), data, Date.now() - 60_000));
      await platform.sql('ALTER TABLE session_counts RENAME TO quick_counts');
      await platform.sql(
        `CREATE VIEW session_counts AS SELECT quick.* FROM (SELECT pg_sleep(60)) slow, quick_counts quick`,
      );
    });

    it('a question that no index answers is refused, says what would help, and is over in Postgres', async () => {
      const { status, body } = await query.ask('/sessions?sort=max_viewers');
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'too_expensive' });
      expect(body.error).toMatch(/sort by created_at or started_at.*status=live/);
      expect(await slow()).toEqual([]);
    });

    it('one that an index answers is not to blame', async () => {
      const { status, body } = await query.ask('/sessions?sort=started_at');
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'unavailable' });
    });

    it('many at once hold up neither what an index answers nor readiness', async () => {
      const gone = new AbortController();
      const { signal } = gone;
      const many = Array.from({ length: 30 }, (_, n) =>
        query.ask(`/sessions?sort=duration&min_viewers=0&limit=${n + 1}`, { signal }),
      );
      const settled = Promise.allSettled(many);
      await eventually(async () => expect((await slow()).length).toBeGreaterThan(0));
      const answers = await Promise.all([query.ask('/health/ready'), query.ask(`/sessions/${randomUUID()}`)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 404]);
      gone.abort();
      await settled;
      await eventually(async () => expect(await slow()).toEqual([]));
    });

    it('two that ask the same share one, which is over when both have gone', async () => {
      const callers = [new AbortController(), new AbortController()];
      const answers = callers.map(({ signal }) => query.ask('/sessions?sort=duration&min_viewers=0', { signal }));
      const settled = Promise.allSettled(answers);
      await eventually(async () => expect(await slow()).toHaveLength(1));
      for (const caller of callers) caller.abort();
      await settled;
      await eventually(async () => expect(await slow()).toEqual([]));
    });
  });
});

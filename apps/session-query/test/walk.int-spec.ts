import { randomUUID } from 'node:crypto';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

const LIVE = 60;
const ENDED = 30;
const MINUTE_MS = 60_000;

describe('walking a list by its cursor', () => {
  let platform: GivenPlatform;
  let query: GivenQuery;
  let live: string[];
  let ended: string[];

  beforeEach(async () => {
    platform = await GivenPlatform.make();
    [live, ended] = [LIVE, ENDED].map((n) => Array.from({ length: n }, () => randomUUID())) as [string[], string[]];
    const past = Date.now() - 60 * MINUTE_MS;
    await platform.sessions(
      ...live.map((id, n) => event('session.started.v1', id, { title: `Live ${n}` }, past + n * 1000)),
      ...ended.map((id, n) => event('session.started.v1', id, { title: `Ended ${n}` }, past + n * 1000)),
      ...ended.map((id, n) => event('session.ended.v1', id, {}, past + (n + 100) * 1000)),
    );
    await count(live, (n) => n * 10);
    query = await GivenQuery.on(platform);
    await eventually(async () => expect((await query.ask('/sessions/live')).body.data?.total).toBe(LIVE));
  });

  afterEach(async () => {
    await query?.close();
    await platform?.close();
  });

  async function count(ids: string[], viewers: (n: number) => number): Promise<void> {
    await platform.viewers(...ids.map((id, n) => event('viewers.counted.v1', id, { viewer_count: viewers(n) })));
  }

  /** All ids of a walk, and its pages; `between` happens after each page. */
  async function walk(path: string, between: (page: number) => Promise<void> = async () => undefined) {
    const ids: string[] = [];
    const pages: { page?: number; total?: number; rows: number }[] = [];
    let cursor: string | null | undefined;
    do {
      const { status, body } = await query.ask(`${path}${cursor ? `&cursor=${cursor}` : ''}`);
      expect(status).toBe(200);
      const rows = body.data?.sessions ?? [];
      ids.push(...rows.map(({ id }) => id));
      pages.push({ page: body.data?.page, total: body.data?.total, rows: rows.length });
      cursor = body.data?.next_cursor;
      await between(pages.length);
    } while (cursor !== null);
    return { ids, pages };
  }

  it.each([
    '/sessions?limit=7',
    '/sessions?limit=7&sort=created_at',
    '/sessions?limit=7&sort=created_at&order=asc',
    '/sessions?limit=7&sort=viewer_count',
    '/sessions?limit=7&sort=scheduled_start_time',
    '/sessions?limit=7&sort=duration&order=asc',
  ])('gives all of %s once, in the order of its pages', async (path) => {
    const { ids, pages } = await walk(path);
    expect(ids).toHaveLength(LIVE + ENDED);
    expect(new Set(ids)).toEqual(new Set([...live, ...ended]));
    expect(pages.map(({ page }) => page)).toEqual(pages.map((_, index) => index + 1));
    expect(new Set(pages.map(({ total }) => total))).toEqual(new Set([LIVE + ENDED]));

    // Durations of live sessions grow with the clock, all alike; nothing else here moves.
    const numbered: string[] = [];
    for (let page = 1; numbered.length < ids.length; page += 1) {
      numbered.push(...((await query.ask(`${path}&page=${page}`)).body.data?.sessions ?? []).map(({ id }) => id));
    }
    expect(ids).toEqual(numbered);
  });

  it.each(['/sessions/live?limit=7', '/sessions/live?limit=7&sort=created_at', '/sessions?status=live&limit=7'])(
    'gives all of %s once',
    async (path) => {
      const { ids } = await walk(path);
      expect(ids).toHaveLength(LIVE);
      expect(new Set(ids)).toEqual(new Set(live));
    },
  );

  it.each(['/sessions/live?sort=viewer_count&limit=7', '/sessions?status=live&sort=viewer_count&limit=7'])(
    'C9: %s misses and repeats nothing while counts move and sessions come and go',
    async (path) => {
      const leaving = live.slice(0, 5);
      const staying = new Set(live.slice(5));
      const { ids } = await walk(path, async (page) => {
        // Turns the order upside down, and again.
        await count(live, (n) => (page % 2 === 0 ? n : LIVE - n) * 10);
        const gone = leaving[page - 1];
        if (gone) await platform.sessions(event('session.ended.v1', gone));
        await platform.sessions(event('session.started.v1', randomUUID(), { title: 'New' }));
      });
      expect(new Set(ids).size).toBe(ids.length);
      expect([...staying].filter((id) => !ids.includes(id))).toEqual([]);
    },
  );

  it('in the default order misses and repeats nothing while sessions are renamed', async () => {
    const { ids } = await walk('/sessions?limit=7', async (page) => {
      const renamed = [...live, ...ended].filter((_, n) => n % 3 === page % 3);
      await platform.sessions(...renamed.map((id) => event('session.updated.v1', id, { title: `Page ${page}` })));
    });
    expect(ids).toHaveLength(LIVE + ENDED);
    expect(new Set(ids)).toEqual(new Set([...live, ...ended]));
  });

  it('goes on where it was in another process, too', async () => {
    const first = (await query.ask('/sessions?limit=40&sort=started_at')).body.data;
    const second = (await query.ask(`/sessions?limit=40&sort=started_at&cursor=${first?.next_cursor}`)).body;
    const other = await GivenQuery.on(platform);
    try {
      const path = `/sessions?limit=40&sort=started_at&cursor=${second.data?.next_cursor}`;
      const third = (await other.ask(path)).body.data;
      expect(third?.next_cursor).toBeNull();
      const all = [first, second.data, third].flatMap((data) => data?.sessions ?? []).map(({ id }) => id);
      expect(new Set(all).size).toBe(LIVE + ENDED);
    } finally {
      await other.close();
    }
  });

  it('is refused with a page, with another question’s cursor, and with one that is none', async () => {
    const cursor = (await query.ask('/sessions?limit=7')).body.data?.next_cursor ?? '';
    for (const path of [
      `/sessions?cursor=${cursor}&page=2`,
      `/sessions?cursor=${cursor}&status=live`,
      `/sessions?cursor=${cursor}&order=asc`,
      `/sessions/live?cursor=${cursor}`,
      '/sessions?cursor=AAAA',
      '/sessions?cursor=%20',
      `/sessions?cursor=${'a'.repeat(4097)}`,
      '/sessions?cursor=',
    ]) {
      const { status, body } = await query.ask(path);
      expect({ path, status, details: body.details }).toEqual({
        path,
        status: 400,
        details: [{ parameter: 'cursor', message: expect.any(String) as unknown }],
      });
    }
    // The number of rows a page may change on the way.
    expect((await query.ask(`/sessions?limit=9&cursor=${cursor}`)).body.data?.sessions).toHaveLength(9);
  });
});

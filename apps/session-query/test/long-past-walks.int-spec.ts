import { randomUUID } from 'node:crypto';
import { listSort, sortOrder } from '#libs/contracts';
import { FROZEN } from '#libs/session-store';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

const [LIVE, ENDED] = [25, 40];
const HOUR_MS = 3_600_000;
const LISTS = [undefined, ...listSort.options].flatMap((sort) =>
  sortOrder.options.map((order) => `/sessions?limit=9&order=${order}${sort ? `&sort=${sort}` : ''}`),
);

describe('walks of which only the first past sessions are frozen', () => {
  let platform: GivenPlatform;
  let query: GivenQuery;
  let live: string[];
  let ended: string[];

  beforeAll(async () => {
    jest.replaceProperty(FROZEN, 'past', 7);
    platform = await GivenPlatform.make();
    [live, ended] = [LIVE, ENDED].map((n) => Array.from({ length: n }, () => randomUUID())) as [string[], string[]];
    const past = Date.now() - HOUR_MS;
    await platform.sessions(
      // Some before and some after the ended ones, in most orders.
      ...live.map((id, n) => event('session.started.v1', id, { title: `Live ${n}` }, past + n * 9000)),
      ...ended.map((id, n) => event('session.started.v1', id, { title: `Ended ${n}` }, past + n * 5000)),
      ...ended.map((id, n) => event('session.ended.v1', id, {}, past + n * 5000 + (1 + ((n * 17) % 40)) * 1000)),
    );
    await platform.viewers(
      ...[...live, ...ended].map((id, n) => event('viewers.counted.v1', id, { viewer_count: n % 7 })),
    );
    query = await GivenQuery.on(platform, { REQUESTS_PER_MINUTE: '0' });
    await eventually(async () => expect((await query.ask('/sessions/live')).body.data?.total).toBe(LIVE));
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await query?.close();
    await platform?.close();
  });

  async function walk(path: string, between: () => Promise<void> = async () => undefined): Promise<string[]> {
    const ids: string[] = [];
    let cursor: string | null | undefined;
    do {
      const { status, body } = await query.ask(`${path}${cursor ? `&cursor=${cursor}` : ''}`);
      expect({ path, status, error: body.error }).toEqual({ path, status: 200, error: undefined });
      ids.push(...(body.data?.sessions ?? []).map(({ id }) => id));
      cursor = body.data?.next_cursor;
      await between();
    } while (cursor);
    return ids;
  }

  it.each(LISTS)('%s: while nothing moves the walk gives the pages by number', async (path) => {
    const numbered: string[] = [];
    for (let page = 1; numbered.length < LIVE + ENDED; page += 1) {
      numbered.push(...((await query.ask(`${path}&page=${page}`)).body.data?.sessions ?? []).map(({ id }) => id));
    }
    expect(await walk(path)).toEqual(numbered);
  });

  it('who ends meanwhile is given once, wherever the end puts it', async () => {
    const leaving = live.slice(0, 16);
    await Promise.all(
      LISTS.map(async (path) => {
        const ids = await walk(path, async () => {
          const [id] = leaving.splice(0, 1);
          if (id) await platform.sessions(event('session.ended.v1', id, {}, Date.now() - leaving.length * 200_000));
        });
        expect({ path, twice: ids.length - new Set(ids).size, of: new Set(ids).size }).toEqual({
          path,
          twice: 0,
          of: LIVE + ENDED,
        });
      }),
    );
  });
});

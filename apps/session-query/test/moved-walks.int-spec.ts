import { randomUUID } from 'node:crypto';
import { RedisPair } from '../../../test/given/redis-pair';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenQuery } from './given-query';

const LIVE = 30;
const WALK = '/sessions/live?sort=viewer_count&limit=7';

describe('a walk that is under way', () => {
  let pair: RedisPair;
  let platform: GivenPlatform;
  let query: GivenQuery;
  const ids = Array.from({ length: LIVE }, () => randomUUID());

  beforeEach(async () => {
    pair = await RedisPair.start();
    platform = await GivenPlatform.make(pair.url);
    await platform.sessions(...ids.map((id) => event('session.started.v1', id, { title: 'Live' })));
    await platform.viewers(...ids.map((id, n) => event('viewers.counted.v1', id, { viewer_count: LIVE - n })));
    query = await GivenQuery.on(platform, { REQUESTS_PER_MINUTE: '0' });
    await eventually(async () => expect((await listed(WALK)).ids).toEqual(ids.slice(0, 7)));
  });
  afterEach(async () => {
    await query?.close();
    await platform?.close();
    await pair?.close();
  });

  async function listed(path: string) {
    const { status, body } = await query.ask(path);
    const { sessions = [], next_cursor: cursor = null } = body.data ?? {};
    return { status, code: body.code, ids: sessions.map(({ id }) => id), cursor };
  }

  /** Asks again while it is told to come again. */
  const page = (cursor: string | null) =>
    eventually(async () => {
      const given = await listed(`${WALK}&cursor=${cursor}`);
      expect(given.status).not.toBe(503);
      return given;
    });

  /** The first two pages. */
  async function begun() {
    const first = await listed(WALK);
    const second = await page(first.cursor);
    return { cursor: second.cursor, ids: [...first.ids, ...second.ids] };
  }

  async function walkedOn(cursor: string | null): Promise<string[]> {
    const walked: string[] = [];
    for (let at = cursor; at !== null;) {
      const given = await page(at);
      expect(given).toMatchObject({ status: 200 });
      walked.push(...given.ids);
      at = given.cursor;
    }
    return walked;
  }

  const reversed = () =>
    platform.viewers(...ids.map((id, n) => event('viewers.counted.v1', id, { viewer_count: 100 + n })));

  it('goes on in its order when the projection is built anew', async () => {
    const walk = await begun();
    await reversed();
    await platform.rebuild();
    expect([...walk.ids, ...(await walkedOn(walk.cursor))]).toEqual(ids);
  });

  it('goes on in its order when another Redis that has it becomes the master', async () => {
    const walk = await begun();
    await pair.master.ask.wait(1, 0);
    await pair.failOver();
    await eventually(() => platform.rebuild());
    // Counts go over a connection of their own, which may come back later.
    await eventually(reversed);
    expect([...walk.ids, ...(await walkedOn(walk.cursor))]).toEqual(ids);
  });

  it('has expired when another Redis that lacks it becomes the master', async () => {
    await pair.other.ask.replicaof('NO', 'ONE');
    const walk = await begun();
    await pair.failOver();
    await eventually(() => platform.rebuild());
    await eventually(async () => {
      // Until the process has noticed, it reads the one that was the master; its order is the same.
      const given = await page(walk.cursor);
      if (given.status === 200) expect(given.ids).toEqual(ids.slice(14, 21));
      expect(given).toMatchObject({ status: 410, code: 'cursor_expired' });
    });
    expect((await begun()).ids).toEqual(ids.slice(0, 14));
  });
});

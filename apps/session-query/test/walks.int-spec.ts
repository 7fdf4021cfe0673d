import { randomUUID } from 'node:crypto';
import { listSort, sortOrder } from '#libs/contracts';
import { eventually } from './eventually';
import { GivenPlatform, event } from './given-platform';
import { GivenProxy } from './given-proxy';
import { GivenQuery } from './given-query';

const [LIVE, SCHEDULED, ENDED] = [30, 10, 20];
const LIMIT = 9;
const HOUR_MS = 3_600_000;
const SORTS = ['', ...listSort.options];
const LISTS = [
  '/sessions?',
  '/sessions?status=live&',
  '/sessions/live?',
  '/sessions?status=live,ended&',
  '/sessions?q=walked&',
];
/** Every sort in both directions over all, and some other lists. */
const WALKS = [
  ...SORTS.flatMap((sort) => sortOrder.options.map((order) => `/sessions?order=${order}&${sort && `sort=${sort}&`}`)),
  ...LISTS.slice(1).flatMap((list) => [`${list}sort=viewer_count&`, `${list}order=asc&`]),
].slice(0, 22);
const isMoving = (walk: string) => !walk.includes('created_at');

/** One walk, over the processes in turn. */
class Walk {
  readonly ids: string[] = [];
  private cursor: string | null | undefined;
  private asked = 0;
  refusals = 0;
  /** Answers that are neither a page nor a 503; the next process may give the page all the same. */
  readonly wrong: object[] = [];

  constructor(
    readonly path: string,
    private readonly processes: readonly GivenQuery[],
  ) {}

  get isOver(): boolean {
    return this.cursor === null;
  }

  /** Asks the next process for the next page; whether it was given. */
  async step(): Promise<boolean> {
    const process = this.processes[(this.asked += 1) % this.processes.length] as GivenQuery;
    const at = this.cursor ? `&cursor=${this.cursor}` : '';
    const { status, headers, body } = await process.ask(`${this.path}limit=${LIMIT}${at}`);
    if (status === 503) {
      expect({ path: this.path, code: body.code, retry: headers.get('retry-after') }).toEqual({
        path: this.path,
        code: 'unavailable',
        retry: expect.stringMatching(/^\d+$/) as unknown,
      });
      this.refusals += 1;
      return false;
    }
    if (status !== 200) {
      this.wrong.push({ status, code: body.code });
      return false;
    }
    this.ids.push(...(body.data?.sessions ?? []).map(({ id }) => id));
    this.cursor = body.data?.next_cursor;
    return true;
  }

  async steps(pages: number): Promise<void> {
    for (let page = 0; page < pages && !this.isOver; page += 1)
      await eventually(async () => expect(await this.step()).toBe(true));
  }
}

describe('walks over three processes', () => {
  let platform: GivenPlatform;
  let proxy: GivenProxy;
  const processes: GivenQuery[] = [];

  afterEach(async () => {
    for (const process of processes.splice(0)) await process.close();
    await proxy?.close();
    await platform?.close();
  });

  const start = async () => {
    const made = await GivenQuery.on(platform, {
      REDIS_URL: proxy.through(platform.redisUrl),
      REQUESTS_PER_MINUTE: '0',
    });
    await eventually(async () =>
      expect((await made.ask('/sessions/live')).body).toMatchObject({ data: expect.anything() as unknown }),
    );
    return made;
  };

  it('give nothing twice and miss nothing that was there throughout, while all moves, one restarts and Redis is cut', async () => {
    platform = await GivenPlatform.make();
    proxy = await GivenProxy.to(platform.redisUrl);
    const [live, scheduled, ended] = [LIVE, SCHEDULED, ENDED].map((n) =>
      Array.from({ length: n }, () => randomUUID()),
    ) as [string[], string[], string[]];
    const past = Date.now() - HOUR_MS;
    const plan = {
      room_id: randomUUID(),
      mode: 'webcam',
      scheduled_start_time: new Date(Date.now() + HOUR_MS).toISOString(),
    };
    await platform.sessions(
      ...[...live, ...ended].map((id, n) => event('session.started.v1', id, { title: `Walked ${n}` }, past + n * 1000)),
      ...ended.map((id, n) => event('session.ended.v1', id, {}, past + (n + 200) * 1000)),
      ...scheduled.map((id, n) =>
        event('session.scheduled.v1', id, { title: `Walked soon ${n}`, ...plan }, past + n * 900),
      ),
    );
    for (let n = 0; n < 3; n += 1) processes.push(await start());

    /** One round of everything that may happen; those that stay are live before and after. */
    const leaving = live.slice(0, 10);
    const staying = live.slice(10);
    const move = async (round: number) => {
      const counted = live.map((id, n) => event('viewers.counted.v1', id, { viewer_count: ((n + round) * 37) % 100 }));
      await platform.viewers(...counted);
      const renamed = [...live, ...ended, ...scheduled].filter((_, n) => n % 4 === round % 4);
      await platform.sessions(
        ...renamed.map((id) => event('session.updated.v1', id, { title: `Walked in round ${round}` })),
        event('session.started.v1', randomUUID(), { title: 'Walked, new' }),
        ...leaving.splice(0, 1).map((id) => event('session.ended.v1', id, {}, Date.now() - round * 60_000)),
        event('session.started.v1', scheduled.shift() ?? randomUUID(), { title: 'Walked, as planned' }),
      );
    };
    let round = 0;
    const over = new AbortController();
    const moving = (async () => {
      while (!over.signal.aborted) await move((round += 1));
    })();

    const walks = WALKS.map((path) => new Walk(path, processes));
    await Promise.all(walks.map((walk) => walk.steps(3)));
    const [stopped] = processes.splice(1, 1, await start());
    await stopped?.close();
    await Promise.all(walks.map((walk) => walk.steps(1)));

    proxy.cut();
    const frozen = walks.filter(({ path, isOver }) => isMoving(path) && !isOver);
    const keyed = walks.filter(({ path, isOver }) => !isMoving(path) && !isOver);
    await Promise.all(frozen.map((walk) => eventually(async () => expect(await walk.step()).toBe(false))));
    // What never moves goes on meanwhile.
    for (const walk of keyed) expect(await walk.step()).toBe(true);
    proxy.mend();
    await Promise.all(walks.map((walk) => walk.steps(100)));
    over.abort();
    await moving;

    for (const { path, ids, wrong } of walks) {
      expect({ path, wrong }).toEqual({ path, wrong: [] });
      const throughout = path.includes('live') && !path.includes('ended') ? staying : [...staying, ...ended];
      expect({ path, twice: ids.length - new Set(ids).size }).toEqual({ path, twice: 0 });
      expect({ path, missing: throughout.filter((id) => !ids.includes(id)) }).toEqual({ path, missing: [] });
    }
    expect(frozen.length).toBeGreaterThan(10);
    expect(frozen.every(({ refusals }) => refusals > 0)).toBe(true);
  }, 600_000);
});

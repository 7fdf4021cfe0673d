import { Marquee, MarqueeError } from '../src';
import { type Scripted, ScriptedFetch, refusal } from './scripted-fetch';

const page = (ids: string[], next_cursor: string | null): Scripted => ({
  status: 200,
  body: {
    success: true,
    data: { sessions: ids.map((id) => ({ id })), total: 3, page: 1, limit: 2, next_cursor },
    timestamp: 7,
  },
});
const given = (server: ScriptedFetch, tries = 4) =>
  new Marquee({ api: 'http://query.example/base/', apiKey: 'k', token: 't', fetch: server.fetch, tries });
const failure = async (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe('the list', () => {
  beforeEach(() => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is walked by cursor, over all pages', async () => {
    const server = new ScriptedFetch(page(['a', 'b'], 'c1'), page(['c'], null));
    const ids: string[] = [];
    for await (const { id } of given(server).list({ status: 'ended', limit: 2 })) ids.push(id);
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(server.requests.map(({ url }) => url.href)).toEqual([
      'http://query.example/base/sessions?limit=2&status=ended',
      'http://query.example/base/sessions?limit=2&status=ended&cursor=c1',
    ]);
    expect(server.requests[0]?.headers.get('x-api-key')).toBe('k');
    expect(server.requests[0]?.headers.get('authorization')).toBe('Bearer t');
  });

  it('asks for nothing more than what is taken', async () => {
    const server = new ScriptedFetch(page(['a', 'b'], 'c1'));
    for await (const { id } of given(server).list()) if (id === 'b') break;
    expect(server.requests).toHaveLength(1);
  });

  it('gives one page, by its number', async () => {
    const server = new ScriptedFetch(page(['a'], 'c1'));
    expect(await given(server).list({ limit: 2 }).page(4)).toEqual({
      sessions: [{ id: 'a' }],
      total: 3,
      page: 1,
      limit: 2,
      next_cursor: 'c1',
      timestamp: 7,
      stale: false,
      fresh_at: null,
    });
    expect(server.requests[0]?.url.searchParams.get('page')).toBe('4');
  });

  it('writes values as REST reads them', async () => {
    const server = new ScriptedFetch(page([], null));
    await given(server)
      .list({
        status: ['ended', 'live'],
        recording_enabled: false,
        min_viewers: 0,
        started_after: 0,
        started_before: new Date(1000),
        q: 'a,b&c',
        room_id: [],
        sort: 'duration',
        order: 'asc',
      })
      .page();
    expect(Object.fromEntries(server.requests[0]?.url.searchParams ?? [])).toEqual({
      page: '1',
      limit: '100',
      status: 'ended,live',
      recording_enabled: 'false',
      min_viewers: '0',
      started_after: '1970-01-01T00:00:00.000Z',
      started_before: '1970-01-01T00:00:01.000Z',
      q: 'a,b&c',
      sort: 'duration',
      order: 'asc',
    });
  });

  it('rejects with what the server says is wrong, at once', async () => {
    const server = new ScriptedFetch(refusal(400, 'invalid_query', [{ parameter: 'limit', message: 'too much' }]));
    const error = await failure(given(server).list({ limit: 101 }).page());
    expect(error).toBeInstanceOf(MarqueeError);
    expect(error).toMatchObject({ status: 400, code: 'invalid_query', error: 'it is invalid_query', param: 'limit' });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['a lost connection', 'lost', 0, 'network'],
    ['a busy server', refusal(503, 'unavailable'), 503, 'unavailable'],
    ['a limit', refusal(429, 'rate_limited', [], { 'retry-after': '0' }), 429, 'rate_limited'],
    ['a proxy', { status: 502, body: '<html>' }, 502, 'invalid_answer'],
  ] as [string, Scripted, number, string][])(
    'tries again after %s, so often and no more',
    async (_, no, status, code) => {
      const mended = new ScriptedFetch(no, page(['a'], null));
      expect((await given(mended).list().page()).sessions).toEqual([{ id: 'a' }]);
      const broken = new ScriptedFetch(no);
      expect(await failure(given(broken, 3).list().page())).toMatchObject({ status, code, isTransient: true });
      expect(broken.requests).toHaveLength(3);
    },
  );

  it('waits as long as it is told, but for no more than a minute', async () => {
    const waits: unknown[] = [];
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms: number) => {
      waits.push(ms);
      run();
    }) as typeof setTimeout);
    const server = new ScriptedFetch(refusal(429, 'rate_limited', [], { 'retry-after': '7' }), page([], null));
    await given(server).list().page();
    expect(waits).toEqual([7000]);
    const patient = new ScriptedFetch(refusal(503, 'unavailable', [], { 'retry-after': '3600' }));
    expect(await failure(given(patient).list().page())).toMatchObject({ retryAfterMs: 3_600_000 });
    expect(patient.requests).toHaveLength(1);
  });

  it.each([
    [503, 'unavailable'],
    [429, 'rate_limited'],
  ])('goes on with a walk after %i, with the same cursor and not before it is told to', async (status, code) => {
    const waits: unknown[] = [];
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms: number) => {
      waits.push(ms);
      run();
    }) as typeof setTimeout);
    const no = refusal(status, code, [], { 'retry-after': '5' });
    const server = new ScriptedFetch(page(['a', 'b'], 'c1'), no, no, page(['c'], null));
    const ids: string[] = [];
    for await (const { id } of given(server).list({ sort: 'viewer_count' })) ids.push(id);
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(waits).toEqual([5000, 5000]);
    const cursors = server.requests.map(({ url }) => url.searchParams.get('cursor'));
    expect(cursors).toEqual([null, 'c1', 'c1', 'c1']);
  });

  it('gives up a walk that has to wait too long, and goes on from its cursor later', async () => {
    const server = new ScriptedFetch(
      page(['a', 'b'], 'c1'),
      refusal(429, 'rate_limited', [], { 'retry-after': '300' }),
      page(['c'], null),
    );
    const client = given(server);
    let cursor: string | null = null;
    const walk = async () => {
      for await (const { next_cursor } of client.list({ sort: 'viewer_count' }).pages()) cursor = next_cursor;
    };
    expect(await failure(walk())).toMatchObject({ code: 'rate_limited', retryAfterMs: 300_000 });
    const ids: string[] = [];
    for await (const { id } of client.list({ sort: 'viewer_count', cursor: cursor ?? '' })) ids.push(id);
    expect(ids).toEqual(['c']);
    expect(server.requests.at(-1)?.url.searchParams.get('cursor')).toBe('c1');
  });

  it('stops when it is aborted, also while it waits', async () => {
    const server = new ScriptedFetch(refusal(503, 'unavailable', [], { 'retry-after': '50' }));
    const abort = new AbortController();
    const pending = failure(given(server).list({}, { signal: abort.signal }).page());
    // The answer is read by then, and the wait has begun.
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.requests).toHaveLength(1);
    abort.abort(new Error('enough'));
    expect(await pending).toMatchObject({ message: 'enough' });
    expect(await failure(given(server).list({}, { signal: abort.signal }).page())).toMatchObject({ message: 'enough' });
    expect(server.requests).toHaveLength(1);
  });

  it('takes no other answer for one of Marquee', async () => {
    const server = new ScriptedFetch({ status: 200, body: '<html>' });
    expect(await failure(given(server).list().page())).toMatchObject({ status: 200, code: 'invalid_answer' });
  });

  it('needs the address of its service', () => {
    expect(() => new Marquee({}).list()).toThrow('the option api');
    expect(() => new Marquee({}).live({}, () => undefined)).toThrow('the option gateway');
  });
});

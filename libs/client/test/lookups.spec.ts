import { Marquee, MarqueeError } from '../src';
import { type Scripted, ScriptedFetch, refusal } from './scripted-fetch';

const answer = (data: object, more: object = {}): Scripted => ({
  status: 200,
  body: { success: true, data, timestamp: 7, ...more },
});
const given = (server: ScriptedFetch, options: object = {}) =>
  new Marquee({ api: 'http://query.example/base', fetch: server.fetch, tries: 1, ...options });
const failure = async (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

describe('a question to REST', () => {
  it.each([
    ['get', (client: Marquee) => client.get('a/b'), '/base/sessions/a%2Fb'],
    ['stats', (client: Marquee) => client.stats(), '/base/sessions/stats'],
    ['viewers', (client: Marquee) => client.viewers('a'), '/base/sessions/a/viewers'],
    [
      'viewers in a range',
      (client: Marquee) => client.viewers('a', { from: 0, to: new Date(1000), step: 60 }),
      '/base/sessions/a/viewers?from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-01T00%3A00%3A01.000Z&step=60',
    ],
    [
      'room',
      (client: Marquee) => client.room('r', { status: 'ended' }).page(),
      '/base/rooms/r/sessions?limit=100&status=ended&page=1',
    ],
  ])('%s asks its place, and gives the data with what the envelope says', async (_what, ask, place) => {
    const server = new ScriptedFetch(answer({ x: 1 }, { stale: true, fresh_at: '2026-11-29T01:00:00.000Z' }));
    expect(await ask(given(server))).toEqual({ x: 1, timestamp: 7, stale: true, fresh_at: '2026-11-29T01:00:00.000Z' });
    expect(server.requests.map(({ url }) => url.pathname + url.search)).toEqual([place]);
  });

  it('is fresh unless it says that it is stale', async () => {
    expect(await given(new ScriptedFetch(answer({}))).stats()).toEqual({ timestamp: 7, stale: false, fresh_at: null });
  });

  it('rejects with what the server says', async () => {
    const error = await failure(given(new ScriptedFetch(refusal(404, 'not_found'))).get('a'));
    expect(error).toBeInstanceOf(MarqueeError);
    expect(error).toMatchObject({ status: 404, code: 'not_found' });
  });

  it('never tears a walk whose order is gone: it says so', async () => {
    const first = answer({ sessions: [{ id: 'a' }], next_cursor: 'c1' });
    const server = new ScriptedFetch(first, refusal(410, 'cursor_expired'));
    const ids: string[] = [];
    const walk = async () => {
      for await (const { id } of given(server, { tries: 4 }).list()) ids.push(id);
    };
    const error = await failure(walk());
    expect(error).toBeInstanceOf(MarqueeError);
    expect(error).toMatchObject({ status: 410, code: 'cursor_expired', isTransient: false });
    expect(ids).toEqual(['a']);
    expect(server.requests).toHaveLength(2);
  });

  it('carries the token of the moment', async () => {
    const tokens = ['one', null, Promise.resolve('two')];
    const server = new ScriptedFetch(answer({}));
    const client = given(server, { token: () => tokens.shift() });
    for (let n = 0; n < 3; n += 1) await client.stats();
    expect(server.requests.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer one',
      null,
      'Bearer two',
    ]);
  });

  it('is not made without the token that it was to carry', async () => {
    const server = new ScriptedFetch(answer({}));
    const client = given(server, { token: () => Promise.reject(new Error('no session')) });
    expect(await failure(client.stats())).toMatchObject({ code: 'token', error: 'no token: no session' });
    expect(server.requests).toEqual([]);
  });
});

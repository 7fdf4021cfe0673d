import { watchQuestion } from '../src/index';
import { GivenDesk, list } from './given-desk';
import { sessionId } from './model/story';

const SHARES = { list: 2, text: 1 };
const WATCHED = { perAddress: 1, inAll: 2 };
const from = (address: string) => ({ address });

describe('what one address may have of the views', () => {
  const given = (views = 4) => new GivenDesk({ views, limits: { viewsPerAddress: SHARES, watched: WATCHED } });

  it('is its share, whoever of it asks; others are served', () => {
    const world = given();
    const ask = (address: string, limit: number) => world.ask(world.listener(), list({ limit }), {}, from(address));
    expect([ask('a', 1), ask('a', 2)].flat()).toMatchObject([{ ok: true }, { ok: true }]);
    expect(ask('a', 3)).toMatchObject([{ code: 'too_many_views', retry_after_ms: 1000 }]);
    expect(ask('b', 3)).toMatchObject([{ ok: true }]);
    expect(ask('a', 3)).toMatchObject([{ ok: true }]);
    expect(ask('a', 4)).toMatchObject([{ code: 'too_many_views' }]);
  });

  it('counts views with a text, lists and watches apart', () => {
    const world = given();
    const ask = (query: object) => world.ask(world.listener(), list(query), {}, from('a'));
    expect([ask({ q: 'a' }), ask({ limit: 1 }), ask({ limit: 2 })].flat()).toMatchObject(
      [{}, {}, {}].map(() => ({ ok: true })),
    );
    expect(ask({ q: 'b' })).toMatchObject([{ code: 'too_many_views', error: expect.stringContaining('text') }]);
    expect(world.ask(world.listener(), watchQuestion([sessionId(1)]), {}, from('a'))).toMatchObject([{ ok: true }]);
    expect(world.ask(world.listener(), watchQuestion([sessionId(2)]), {}, from('a'))).toMatchObject([
      { code: 'too_many_views', error: expect.stringContaining('watched'), retry_after_ms: 1000 },
    ]);
    expect(world.ask(world.listener(), list({ q: 'b' }), {}, from('b'))).toMatchObject([{ ok: true }]);
  });

  it('is given back with the last follower, for the next question at once', () => {
    const world = given();
    const listener = world.listener();
    for (const limit of [1, 2]) world.ask(listener, list({ limit }), {}, from('a'));
    world.desk.forget(listener);
    for (const limit of [3, 4]) {
      expect(world.ask(listener, list({ limit }), {}, from('a'))).toMatchObject([{ ok: true }]);
    }
    expect(world.list.viewCount).toBe(2);
    world.desk.forget(listener);
    world.passes(10_100);
    expect(world.list.viewCount).toBe(0);
  });

  it('goes first, where the gateway is full, by whoever has most: an idle view of the greedy', () => {
    const world = given(3);
    const [greedy, modest] = [world.listener(), world.listener()];
    world.ask(modest, list({ limit: 9 }), {}, from('modest'));
    world.desk.forget(modest);
    for (const limit of [1, 2]) world.ask(greedy, list({ limit }), {}, from('greedy'));
    world.desk.forget(greedy);
    expect(world.ask(world.listener(), list({ limit: 3 }), {}, from('c'))).toMatchObject([{ ok: true }]);
    const left = [...world.list.views()].map(({ question }) => question.kind === 'list' && question.limit);
    expect(left).toEqual([9, 2, 3]);
  });

  it('is also a rate: who asks ever new questions waits, and who asks what is there does not', () => {
    const world = new GivenDesk({ views: 400, limits: { viewsPerAddress: { list: 100, text: 1 } } });
    const listener = world.listener();
    const ask = (limit: number) => {
      world.desk.forget(listener);
      return world.ask(listener, list({ limit }), {}, from('a'));
    };
    for (let limit = 1; limit <= 100; limit += 1) expect(ask(limit)).toMatchObject([{ ok: true }]);
    expect(ask(101)).toMatchObject([{ code: 'rate_limited', retry_after_ms: 20 }]);
    expect(ask(100)).toMatchObject([{ ok: true }]);
    expect(world.ask(world.listener(), list({ limit: 101 }), {}, from('b'))).toMatchObject([{ ok: true }]);
    world.passes(20);
    expect(ask(102)).toMatchObject([{ ok: true }]);
  });
});

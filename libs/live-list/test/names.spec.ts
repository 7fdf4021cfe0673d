import { GivenDesk, deltas, list, start } from './given-desk';

/** Everybody has this name: as if somebody had built questions that collide. */
const given = () => new GivenDesk({ nameOf: () => 'same' });

describe('two questions with the same short name', () => {
  it('are two views, and have two names here', () => {
    const world = given();
    world.happens(start(0), start(1));
    const listener = world.listener();
    const [one, other] = [world.ask(listener, list({ limit: 1 })), world.ask(listener, list({ limit: 3 }))];
    expect(one).toMatchObject([{ ok: true, view: 'same' }]);
    expect(other).toMatchObject([{ ok: true, view: 'same.1' }]);
    expect(listener.sent).toMatchObject([
      { frame: { view: 'same', sessions: [{}] } },
      { frame: { view: 'same.1', sessions: [{}, {}] } },
    ]);
    expect(world.desk.leaving.leave(listener, 'same')).toBe(true);
    world.happens(start(2));
    world.passes(60);
    expect(deltas(listener).map(({ view }) => view)).toEqual(['same.1']);
  });

  it('do not mix audiences: what only some may see is in no view of the others', () => {
    const world = given();
    const ask = (audience: 'public' | 'private') => {
      const [listener, reply] = [world.listener(), jest.fn()];
      const asked = { listener, address: 'a', question: list(), audience, returning: {}, hearsReply: true, reply };
      world.desk.ask(asked, world.now);
      return reply.mock.calls[0]?.[0] as { view: string };
    };
    expect([ask('private').view, ask('public').view, ask('private').view]).toEqual(['same', 'same.1', 'same']);
    expect([...world.list.views()]).toHaveLength(2);
  });

  it('are told apart when somebody returns: what is held of one is compared with the other row by row', () => {
    const world = given();
    world.happens(start(0), start(1));
    const listener = world.listener();
    world.ask(listener, list({ limit: 1 }));
    const [held] = listener.sent.flatMap(({ event, frame }) => (event === 'snapshot' ? frame.sessions : []));
    if (!held) throw new Error('no snapshot');
    world.desk.forget(listener);
    const other = world.listener();
    const have: [string, number, number | null, number | null][] = [
      [held.id, held.version, held.viewer_count, held.max_viewers],
    ];
    expect(world.ask(other, list({ limit: 2 }), { of: 'same', have })).toMatchObject([
      { view: 'same.1', mode: 'snapshot' },
    ]);
    expect(other.sent).toMatchObject([{ frame: { sessions: [{}, {}] } }]);
  });
});

describe('one question', () => {
  it('has one name, which is free again when it is dropped', () => {
    const world = given();
    const listener = world.listener();
    world.ask(listener, list({ limit: 1 }));
    world.desk.forget(listener);
    world.passes(10_100);
    expect(world.ask(listener, list({ limit: 2 }))).toMatchObject([{ view: 'same' }]);
  });
});

import { Desk, INTERVALS_MS, LiveList, type Outlet, watchQuestion } from '../src/index';
import { GivenDesk, LIMITS, type Listener, count, deltas, end, events, list, start } from './given-desk';
import { presentation } from './model/oracle';
import { sessionId } from './model/story';

describe('when frames are due', () => {
  it.each([
    ['a start', 50, [start(5)]],
    ['an end', 50, [end(0)]],
    ['an edit', 250, [{ what: 'edit' as const, which: 0, how: 1 }]],
    ['a count', 1000, [count(0, 7)]],
  ])('%s is told within %d ms, and not at once', (_what, limit, happenings) => {
    const given = new GivenDesk();
    given.happens(start(0));
    const listener = given.listener();
    given.ask(listener, list());
    given.happens(...happenings);
    given.passes(limit - 10);
    expect(deltas(listener)).toHaveLength(0);
    given.passes(20);
    expect(deltas(listener)).toHaveLength(1);
  });

  it('a frame carries everything that is pending, of every kind', () => {
    const given = new GivenDesk();
    given.happens(start(0));
    const listener = given.listener();
    given.ask(listener, list());
    given.happens(count(0, 7));
    given.happens(start(1));
    given.passes(60);
    expect(deltas(listener)).toMatchObject([
      { total: 2, upserts: [{ id: sessionId(1) }], counts: [[sessionId(0), 999, 999]] },
    ]);
  });

  it('many views that are due at once are framed over several steps, none is forgotten', () => {
    const given = new GivenDesk({ views: 250 });
    const listeners = [...Array(250).keys()].map((index) => {
      const listener = given.listener();
      given.ask(listener, list({ ids: [sessionId(1)], min_viewers: index }));
      return listener;
    });
    given.desk.load(given.state, { epoch: 2, seq: 0 }, given.now);
    given.happens(start(1), count(1, 13));
    given.now += 60;
    given.desk.step(given.now);
    while (given.desk.pump(1000, given.now));
    expect(listeners.filter((listener) => deltas(listener).length > 0)).toHaveLength(100);
    given.passes(40);
    expect(listeners.filter((listener) => deltas(listener).length > 0)).toHaveLength(250);
  });

  it('C17: many changes are one frame, and the last value is always sent', () => {
    const given = new GivenDesk();
    given.happens(start(0));
    const listener = given.listener();
    given.ask(listener, list());
    for (let tick = 0; tick < 300; tick += 1) {
      given.happens(count(0, (tick % 3) + 13));
      given.passes(10);
    }
    given.happens(count(0, 1));
    given.passes(2000);
    expect(deltas(listener).length).toBeLessThanOrEqual(5);
    expect(deltas(listener).at(-1)?.counts).toEqual([[sessionId(0), 1, 12_400]]);
  });

  it('a count that changes within the dead band owes nothing', () => {
    const given = new GivenDesk();
    given.happens(start(0), count(0, 13));
    const listener = given.listener();
    given.ask(listener, list());
    given.happens(count(0, 14));
    given.passes(3000);
    expect(deltas(listener)).toEqual([]);
  });

  it('one frame is built for all who ask the same', () => {
    const given = new GivenDesk();
    for (let each = 0; each < 4; each += 1) given.ask(given.listener(), list());
    given.happens(start(0));
    given.passes(60);
    expect(given.broadcasts).toEqual([
      { event: 'delta', to: 2 },
      { event: 'delta', to: 2 },
    ]);
  });

  it('a view that is silent for 10 s says where it is', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    given.ask(listener, list());
    given.passes(9_980);
    expect(events(listener)).toEqual(['snapshot']);
    given.passes(40);
    expect(listener.sent.at(-1)).toMatchObject({ event: 'heartbeat', frame: { frame: 1, epoch: 1, seq: 0 } });
    given.passes(10_000);
    expect(events(listener)).toEqual(['snapshot', 'heartbeat', 'heartbeat']);
  });

  it('staleness is told at once, to who is there and to who comes', () => {
    const given = new GivenDesk();
    const [early, late] = [given.listener(), given.listener()];
    given.ask(early, list());
    given.desk.setFreshness({ isStale: true, freshAt: 7 }, given.now);
    given.ask(late, list());
    given.pumps();
    expect(early.sent.at(-1)).toMatchObject({ event: 'heartbeat', frame: { stale: true, fresh_at: 7 } });
    expect(late.sent.at(-1)).toMatchObject({ event: 'heartbeat', frame: { stale: true, fresh_at: 7 } });
    given.desk.setFreshness({ isStale: false, freshAt: 9 }, given.now);
    given.pumps();
    for (const { sent } of [early, late]) expect(sent.at(-1)?.frame).not.toHaveProperty('stale');
    for (const { sent } of [early, late]) expect(sent.at(-1)?.frame).not.toHaveProperty('fresh_at');
  });

  it('while it is stale, who hears frames all the time is told every 10 s up to when it is fresh', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    given.ask(listener, list());
    for (let second = 0; second < 31; second += 1) {
      given.desk.setFreshness({ isStale: true, freshAt: second }, given.now);
      given.happens(second % 2 ? end(0) : start(0));
      given.passes(1000);
    }
    const told = listener.sent.filter(({ event }) => event === 'heartbeat').map(({ frame }) => frame);
    expect(told).toMatchObject([0, 10, 20, 30].map((fresh_at) => ({ stale: true, fresh_at })));
  });

  it('that it is not known up to when it is fresh is said by leaving it out', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    given.ask(listener, list());
    given.desk.setFreshness({ isStale: true, freshAt: null }, given.now);
    given.pumps();
    expect(listener.sent.at(-1)).toMatchObject({ event: 'heartbeat', frame: { stale: true } });
    expect(listener.sent.at(-1)?.frame).not.toHaveProperty('fresh_at');
  });
});

describe('a slow listener', () => {
  it('C18: gets what it missed as one merged delta once it has drained; others are not delayed', () => {
    const given = new GivenDesk();
    given.happens(start(0), start(1));
    const [slow, quick] = [given.listener(), given.listener()];
    for (const listener of [slow, quick]) given.ask(listener, list());
    slow.queued = 100;
    given.happens(end(1));
    given.passes(100);
    given.happens(start(2));
    given.passes(100);
    given.happens(count(0, 7));
    given.passes(1100);
    given.happens(start(3));
    given.passes(100);
    expect(deltas(quick)).toHaveLength(4);
    expect(deltas(slow)).toHaveLength(0);

    slow.queued = 0;
    given.passes(10);
    expect(deltas(slow)).toEqual([
      expect.objectContaining({
        prev: 1,
        frame: 5,
        removes: [[sessionId(1), 'ended']],
        counts: [[sessionId(0), 999, 999]],
      }),
    ]);
    given.happens(end(2));
    given.passes(100);
    expect(deltas(slow).at(-1)).toEqual(deltas(quick).at(-1));
  });

  it('is dismissed after 15 s, and not before', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    given.ask(listener, list());
    listener.queued = 100;
    given.happens(start(0));
    given.passes(15_000);
    expect(listener.dismissed).toBeUndefined();
    given.passes(100);
    expect(listener.dismissed).toBe('slow');
  });

  it('C18: is dismissed when more than 256 KiB wait for it', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    given.ask(listener, list());
    listener.queued = 256 * 1024 + 1;
    given.happens(start(0));
    given.passes(100);
    expect(listener.dismissed).toBe('slow');
  });

  it('is noticed in a view where nothing happens, by its heartbeat', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    given.ask(listener, list());
    listener.queued = 100;
    given.passes(20_000);
    expect(listener.dismissed).toBeUndefined();
    listener.queued = 0;
    given.passes(10);
    expect(events(listener)).toEqual(['snapshot', 'heartbeat']);
    listener.queued = 100;
    given.passes(30_000);
    expect(listener.dismissed).toBe('slow');
  });

  it('gets a reset and a snapshot when what it missed was forgotten', () => {
    const given = new GivenDesk();
    given.happens(start(0), start(1));
    const listener = given.listener();
    given.ask(listener, list());
    const view = [...given.list.views()][0];
    listener.queued = 100;
    given.happens(end(1));
    given.passes(100);
    jest.spyOn(view as never, 'since').mockReturnValue(undefined as never);
    listener.queued = 0;
    given.passes(10);
    expect(events(listener)).toEqual(['snapshot', 'reset', 'snapshot']);
  });
});

describe('asking', () => {
  it('waits until the log has passed where the listener was, two seconds at most', () => {
    const given = new GivenDesk();
    const [early, late] = [given.listener(), given.listener()];
    const passed = given.ask(early, list(), { at: { epoch: 1, seq: 1 } });
    const behind = given.ask(late, list(), { at: { epoch: 2, seq: 0 } });
    given.passes(100);
    expect(passed).toEqual([]);
    given.happens(start(0));
    given.passes(60);
    expect(passed).toMatchObject([{ ok: true, seq: 1, total: 1 }]);
    given.passes(2000);
    expect(behind).toMatchObject([{ ok: false, code: 'behind', retry_after_ms: 1000 }]);
  });

  it('C18: is refused to who has not taken what it was given: nobody fills the memory by asking', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    listener.queued = 256 * 1024 + 1;
    expect(given.ask(listener, list())).toMatchObject([{ ok: false, code: 'rate_limited', retry_after_ms: 1000 }]);
    listener.queued = 0;
    expect(given.ask(listener, list())).toMatchObject([{ ok: true }]);
  });

  it('is refused while nothing is loaded', () => {
    const desk = new Desk<Listener>(
      new LiveList({ presentation, limits: { list: 1, text: 1 }, intervalsMs: INTERVALS_MS }),
      { queued: () => 0 } as unknown as Outlet<Listener>,
      LIMITS,
    );
    const reply = jest.fn();
    const asked = { listener: { sent: [], queued: 0 }, address: '192.0.2.1', question: list() };
    desk.ask({ ...asked, audience: 'public', returning: {}, hearsReply: true, reply }, 0);
    desk.step(2000);
    expect(reply).toHaveBeenCalledWith(expect.objectContaining({ code: 'unavailable' }));
  });

  it('has a limit of views for each listener, of views in all, and one watch', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    for (const limit of [1, 2, 3]) expect(given.ask(listener, list({ limit }))).toMatchObject([{ ok: true }]);
    expect(given.ask(listener, list({ limit: 4 }))).toMatchObject([{ code: 'too_many_views' }]);
    expect(given.ask(listener, list({ limit: 3 }))).toMatchObject([{ ok: true }]);
    for (const which of [0, 1]) {
      expect(given.ask(listener, watchQuestion([sessionId(which)]))).toMatchObject([{ ok: true }]);
    }
    expect(given.desk.watches.of(listener)?.ids).toEqual([sessionId(1)]);
    for (const limit of [4, 5]) expect(given.ask(given.listener(), list({ limit }))).toMatchObject([{ ok: true }]);
    expect(given.ask(given.listener(), list({ limit: 6 }))).toMatchObject([{ code: 'too_many_views' }]);
  });

  it('views that nobody follows make room', () => {
    const given = new GivenDesk({ views: 1 });
    const listener = given.listener();
    given.ask(listener, list({ limit: 1 }));
    given.desk.forget(listener);
    expect(given.ask(given.listener(), list({ limit: 2 }))).toMatchObject([{ ok: true }]);
  });

  it('a view that nobody followed is answered as of now', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    given.ask(listener, list());
    given.desk.forget(listener);
    given.passes(100);
    given.happens(start(0));
    given.passes(100);
    expect(given.ask(given.listener(), list())).toMatchObject([{ ok: true, total: 1, seq: 1 }]);
  });

  it('a new load is an ordinary delta', () => {
    const given = new GivenDesk();
    given.happens(start(0), start(1));
    const listener = given.listener();
    given.ask(listener, list());
    const state = given.state.filter((change) => change.id !== sessionId(1));
    given.desk.load(state, { epoch: 2, seq: 0 }, given.now);
    given.passes(60);
    expect(deltas(listener)).toMatchObject([
      { prev: 1, frame: 2, epoch: 2, seq: 0, removes: [[sessionId(1), 'gone']] },
    ]);
    expect(deltas(listener)[0]).not.toHaveProperty('upserts');
  });
});

import type { ProjectionChange, SocketRefusal, StoredSession, Subscribed } from '#libs/contracts';
import { Desk, INTERVALS_MS, LiveList, type Outlet, type Sent, watchQuestion } from '../src/index';
import { WatchedSession } from '../src/watch/watched-session';
import { Watcher } from '../src/watch/watcher';
import { GivenDesk, LIMITS, type Listener, count, deltas, end, start } from './given-desk';
import { presentation } from './model/oracle';
import { sessionId } from './model/story';

const watch = (...which: number[]) => watchQuestion(which.map(sessionId));
const asked = (listener: Listener, ...which: number[]) => ({
  listener,
  address: '192.0.2.1',
  audience: 'public' as const,
  question: watch(...which),
  returning: {},
  hearsReply: true,
});

function more(given: GivenDesk, listener: Listener, ...which: number[]) {
  const answers: (Subscribed | SocketRefusal)[] = [];
  given.desk.watching.more({ ...asked(listener, ...which), reply: (answer) => void answers.push(answer) }, given.now);
  return answers;
}

function less(given: GivenDesk, listener: Listener, which: number[] | undefined, holds?: string) {
  const answers: unknown[] = [];
  const reply = (answer: unknown) => void answers.push(answer);
  given.desk.watching.less(listener, { ids: which?.map(sessionId), holds }, reply, given.now);
  return answers;
}

describe('a watch', () => {
  it('tells which sessions are open, which are absent, and each that opens, ends and opens again', () => {
    const given = new GivenDesk();
    given.happens(start(0));
    const listener = given.listener();
    expect(given.ask(listener, watch(0, 1))).toMatchObject([{ ok: true, mode: 'snapshot', total: 1 }]);
    expect(listener.sent).toMatchObject([
      { event: 'snapshot', frame: { sessions: [{ id: sessionId(0) }], absent: [sessionId(1)], total: 1 } },
    ]);
    given.happens(start(1));
    given.passes(60);
    given.happens(end(1));
    given.passes(60);
    given.happens(start(1));
    given.passes(60);
    expect(deltas(listener)).toMatchObject([
      { total: 2, upserts: [{ id: sessionId(1) }] },
      { total: 1, removes: [[sessionId(1), 'ended']] },
      { total: 2, upserts: [{ id: sessionId(1) }] },
    ]);
    const frames = deltas(listener);
    expect(frames.slice(1).map(({ prev }) => prev)).toEqual(frames.slice(0, -1).map(({ frame }) => frame));
  });

  it('is replaced by the next one, and what both name goes on', () => {
    const given = new GivenDesk();
    given.happens(start(0), start(1));
    const listener = given.listener();
    given.ask(listener, watch(0));
    given.ask(listener, watch(0, 1));
    given.ask(listener, watch(0, 2));
    given.happens(count(0, 7), end(1), start(2));
    given.passes(1100);
    expect(deltas(listener)).toMatchObject([{ upserts: [{ id: sessionId(2) }], counts: [[sessionId(0), 999, 999]] }]);
    expect(given.list.watched.size).toBe(2);
  });

  it('has exact counts, each second; a start is told within 50 ms, with all that is pending', () => {
    const given = new GivenDesk();
    given.happens(start(0));
    const listener = given.listener();
    given.ask(listener, watch(0, 1));
    given.happens(count(0, 13));
    given.passes(900);
    expect(deltas(listener)).toEqual([]);
    given.happens(start(1));
    given.pumps();
    expect(deltas(listener)).toMatchObject([
      { upserts: [{ id: sessionId(1) }], counts: [[sessionId(0), 12_340, 12_340]] },
    ]);
    given.passes(1000);
    expect(deltas(listener)).toHaveLength(1);
  });

  it('resumes exactly with what the client holds, of whatever ids', () => {
    const given = new GivenDesk();
    given.happens(start(0), start(1), start(2));
    const first = given.listener();
    const [answer] = given.ask(first, watch(0, 1));
    if (!answer?.ok) throw new Error('refused');
    given.desk.forget(first);
    given.happens(end(1));
    const again = given.listener();
    const have: [string, number, null, null][] = [0, 1].map((which) => [sessionId(which), 1, null, null]);
    const returning = { of: answer.view, have, at: { epoch: 1, seq: 1 } };
    expect(given.ask(again, watch(0, 1, 2, 3), returning)).toMatchObject([
      { mode: 'delta', total: 2, view: answer.view },
    ]);
    expect(deltas(again)).toMatchObject([
      { prev: null, upserts: [{ id: sessionId(2) }], removes: [[sessionId(1), 'ended']] },
    ]);
    expect(new Set(deltas(again)[0]?.absent)).toEqual(new Set([sessionId(1), sessionId(3)]));
    expect(given.ask(given.listener(), watch(0), { ...returning, have: have.slice(0, 1) })).toMatchObject([
      { mode: 'same' },
    ]);
  });

  it('waits until the log has passed where the listener was', () => {
    const given = new GivenDesk();
    const answers = given.ask(given.listener(), watch(0), { at: { epoch: 1, seq: 1 } });
    given.passes(100);
    expect(answers).toEqual([]);
    given.happens(start(0));
    given.pumps();
    expect(answers).toMatchObject([{ ok: true, total: 1 }]);
  });

  it('says where it is after 10 s of silence, and whenever freshness changes', () => {
    const given = new GivenDesk();
    const listener = given.listener();
    given.ask(listener, watch(0));
    given.passes(10_020);
    expect(listener.sent.at(-1)).toMatchObject({ event: 'heartbeat', frame: { epoch: 1, seq: 0 } });
    given.desk.setFreshness({ isStale: true, freshAt: 5 }, given.now);
    given.pumps();
    expect(listener.sent.at(-1)).toMatchObject({ event: 'heartbeat', frame: { stale: true, fresh_at: 5 } });
    const late = given.listener();
    given.ask(late, watch(1));
    expect(late.sent.at(-1)).toMatchObject({ event: 'heartbeat', frame: { stale: true } });
    given.desk.setFreshness({ isStale: false, freshAt: 9 }, given.now);
    given.pumps();
    expect(listener.sent.at(-1)?.frame).not.toHaveProperty('stale');
  });

  it('of a slow listener is one merged delta once it has drained, and ends after 15 s', () => {
    const given = new GivenDesk();
    given.happens(start(0), start(1));
    const [slow, quick] = [given.listener(), given.listener()];
    for (const listener of [slow, quick]) given.ask(listener, watch(0, 1, 2));
    slow.queued = 100;
    for (const happening of [end(1), start(2), count(0, 7)]) {
      given.happens(happening);
      given.passes(1100);
    }
    expect([deltas(slow).length, deltas(quick).length]).toEqual([0, 3]);
    slow.queued = 0;
    given.passes(10);
    expect(deltas(slow)).toMatchObject([
      { upserts: [{ id: sessionId(2) }], removes: [[sessionId(1), 'ended']], counts: [[sessionId(0), 999, 999]] },
    ]);
    expect(deltas(slow)[0]?.frame).toBe(deltas(quick).at(-1)?.frame);
    slow.queued = 100;
    given.happens(count(0, 13));
    given.passes(17_000);
    expect(slow.dismissed).toBe('slow');
    expect(given.desk.watches.of(slow)).toBeNull();
  });

  it('says nothing when a count changes that its preset hides', () => {
    const given = new GivenDesk();
    given.happens({ what: 'preset', which: 1, how: 4 }, { what: 'start', which: 0, how: 1 });
    const listener = given.listener();
    given.ask(listener, watch(0));
    given.desk.apply(
      [
        {
          kind: 'preset',
          id: 'd0000000-0000-4000-8000-000000000001',
          version: 9,
          entity: { viewer_count_visible: false },
        },
      ],
      { epoch: 1, seq: 2 },
      given.now,
    );
    given.passes(1100);
    const before = listener.sent.length;
    given.desk.apply([counted(sessionId(0), 1, 77)], { epoch: 1, seq: 3 }, given.now);
    given.passes(1100);
    expect(listener.sent).toHaveLength(before);
  });
});

describe('what is watched changes by a difference', () => {
  const world = () => {
    const given = new GivenDesk();
    given.happens(start(0), start(1));
    const listener = given.listener();
    const [answer] = given.ask(listener, watch(0));
    if (!answer?.ok) throw new Error('refused');
    return { given, listener, answer };
  };

  it('more: the next frame of the chain tells each that was added, once', () => {
    const { given, listener, answer } = world();
    expect(more(given, listener, 1, 2)).toMatchObject([
      { ok: true, mode: 'same', view: answer.view, frame: answer.frame },
    ]);
    expect(deltas(listener)).toMatchObject([
      { prev: answer.frame, total: 2, upserts: [{ id: sessionId(1) }], absent: [sessionId(2)] },
    ]);
    given.happens(start(2));
    given.passes(60);
    expect(deltas(listener).at(-1)).toMatchObject({
      prev: deltas(listener)[0]?.frame,
      upserts: [{ id: sessionId(2) }],
    });
  });

  it('more, of a listener that watches nothing, is a watch', () => {
    const { given } = world();
    const listener = given.listener();
    expect(more(given, listener, 1)).toMatchObject([{ ok: true, mode: 'snapshot', total: 1 }]);
  });

  it('more than 200 together are refused, and nothing changes', () => {
    const { given, listener } = world();
    const ids = Array.from({ length: 200 }, (_, n) => `a0000000-0000-4000-9000-${String(n).padStart(12, '0')}`);
    const answers: unknown[] = [];
    const question = watchQuestion(ids);
    given.desk.watching.more({ ...asked(listener), question, reply: (answer) => void answers.push(answer) }, given.now);
    expect(answers).toMatchObject([{ ok: false, code: 'too_many_ids' }]);
    expect(given.desk.watches.of(listener)?.ids).toEqual([sessionId(0)]);
  });

  it('less, of who holds the view, sends nothing; later frames do not name them', () => {
    const { given, listener, answer } = world();
    more(given, listener, 1);
    expect(less(given, listener, [0], answer.view)).toMatchObject([{ ok: true, mode: 'same', view: answer.view }]);
    const sent = listener.sent.length;
    given.happens(end(0));
    given.passes(100);
    expect(listener.sent).toHaveLength(sent);
    given.happens(end(1));
    given.passes(100);
    expect(deltas(listener).at(-1)).toMatchObject({ total: 0, removes: [[sessionId(1), 'ended']] });
  });

  it('less, of who names no view, is a snapshot of the rest; all, or the last, is the end', () => {
    const { given, listener } = world();
    more(given, listener, 1);
    expect(less(given, listener, [0])).toMatchObject([{ ok: true, mode: 'snapshot', total: 1 }]);
    expect(listener.sent.at(-1)).toMatchObject({ event: 'snapshot', frame: { sessions: [{ id: sessionId(1) }] } });
    expect(less(given, listener, undefined)).toEqual([{ ok: true }]);
    expect(less(given, listener, undefined)).toMatchObject([{ code: 'unknown_view' }]);
    expect(given.list.watched.size).toBe(0);
  });

  it('the sessions of one address have a bound, and leaving gives them back', () => {
    const given = new GivenDesk({ limits: { watched: { perAddress: 3, inAll: 4 } } });
    const ask = (listener: Listener, address: string, ...which: number[]) =>
      given.ask(listener, watch(...which), {}, { address });
    const listener = given.listener();
    expect(ask(listener, 'a', 0, 1)).toMatchObject([{ ok: true }]);
    expect(ask(given.listener(), 'a', 0, 1)).toMatchObject([{ code: 'too_many_views', retry_after_ms: 1000 }]);
    expect(ask(listener, 'a', 0, 1, 2)).toMatchObject([{ ok: true }]);
    expect(ask(given.listener(), 'b', 0, 1)).toMatchObject([{ code: 'too_many_views', retry_after_ms: 1000 }]);
    given.desk.forget(listener);
    expect(ask(given.listener(), 'a', 0, 1)).toMatchObject([{ ok: true }]);
  });
});

describe('10 000 listeners that watch 10 000 sessions', () => {
  const MANY = 10_000;
  const idOf = (n: number) => `a0000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  /** A few sessions have most watchers. */
  const zipf = (n: number) => Math.floor(MANY ** (((n * 7919) % MANY) / MANY)) - 1;

  function crowd() {
    const sent = new Map<Sent['frame'], number>();
    const outlet: Outlet<object> = {
      broadcast: ({ frame }, to) => {
        sent.set(frame, (sent.get(frame) ?? 0) + to.length);
        return [];
      },
      send: () => undefined,
      queued: () => 0,
      dismiss: () => undefined,
    };
    const list = new LiveList({ presentation, limits: { list: 1, text: 1 }, intervalsMs: INTERVALS_MS });
    const desk = new Desk(list, outlet, LIMITS);
    desk.load(
      Array.from({ length: MANY }, (_, n) => started(idOf(n))),
      { epoch: 1, seq: 0 },
      0,
    );
    const watched = new Map<number, number>();
    for (let n = 0; n < MANY; n += 1) {
      const which = zipf(n);
      watched.set(which, (watched.get(which) ?? 0) + 1);
      const ask = { listener: {}, address: 'a', audience: 'public' as const, question: watchQuestion([idOf(which)]) };
      desk.ask({ ...ask, returning: {}, hearsReply: true, reply: () => undefined }, 0);
    }
    return { desk, list, sent, watched };
  }

  it('are told each change by one frame for all who watch that session, whose work is done once', () => {
    const { desk, list, sent, watched } = crowd();
    expect(list.watched.size).toBe(watched.size);
    const [reads, frames] = [jest.spyOn(WatchedSession.prototype, 'read'), jest.spyOn(Watcher.prototype, 'next')];
    desk.apply(
      Array.from({ length: MANY }, (_, n) => counted(idOf(n), 1, n + 5)),
      { epoch: 1, seq: 1 },
      10,
    );
    expect(reads).toHaveBeenCalledTimes(watched.size);
    desk.step(1100);
    while (desk.pump(500, 1100));
    expect(frames).toHaveBeenCalledTimes(watched.size);
    expect(sent.size).toBe(watched.size);
    expect([...sent.values()].reduce((sum, each) => sum + each, 0)).toBe(MANY);
    expect(Math.max(...sent.values())).toBe(Math.max(...watched.values()));
    jest.restoreAllMocks();
  });

  it('cost nothing for what nobody watches, and leave nothing behind', () => {
    const { desk, list, watched, sent } = crowd();
    const free = Array.from({ length: MANY }, (_, n) => n).filter((n) => !watched.has(n));
    const reads = jest.spyOn(WatchedSession.prototype, 'read');
    desk.apply(
      free.map((n) => counted(idOf(n), 1, 9)),
      { epoch: 1, seq: 1 },
      10,
    );
    desk.step(1100);
    expect([reads.mock.calls.length, desk.pump(500, 1100), sent.size]).toEqual([0, false, 0]);
    jest.restoreAllMocks();
    const { watchers } = desk.watches as unknown as { watchers: Map<object, unknown> };
    for (const listener of watchers.keys()) desk.forget(listener);
    expect([list.watched.size, watchers.size]).toEqual([0, 0]);
    const { silences, shares } = desk.watches as unknown as {
      silences: { size: number };
      shares: { byAddress: { size: number } };
    };
    expect([silences.size, shares.byAddress.size]).toEqual([0, 0]);
  });
});

function started(id: string): ProjectionChange {
  const session = {
    id,
    version: 1,
    room_id: null,
    preset_id: null,
    title: 'a session',
    status: 'live',
    started_at: 1,
    scheduled_start_time: null,
  } as StoredSession;
  return { kind: 'session', id, version: 1, session };
}

function counted(id: string, version: number, viewers: number): ProjectionChange {
  const counts = { version, viewer_count: viewers, viewer_count_at: 1, max_viewers: viewers, max_viewers_at: 1 };
  return { kind: 'counts', id, version, counts };
}

import { LiveLists } from '../src/live-lists';
import type { LiveUpdate } from '../src/live-update';
import { Subscriptions } from '../src/subscriptions';
import { ScriptedSocket, cardOf } from './scripted-socket';

const NOW = Date.UTC(2026, 10, 29);

/** What a list may meet. */
class Scene {
  readonly subscriptions = new Subscriptions();
  readonly gateway = new ScriptedSocket();
  readonly lists = new LiveLists(this.subscriptions);
  readonly heard: LiveUpdate[] = [];
  readonly live = this.lists.live({}, (update) => this.heard.push(update));

  async settle(): Promise<void> {
    await Promise.resolve();
  }

  get text(): string[] {
    return this.heard.map((update) => {
      if (update.state === 'stale') return `stale ${update.why} ${update.freshAt ?? '-'}`;
      if (update.state === 'refused')
        return `refused ${update.code} ${update.final ? 'for good' : update.retryAt - NOW}`;
      return update.state;
    });
  }
}

type Step = (scene: Scene) => unknown;

const tell: Step = (scene) => scene.settle();
const connects: Step = ({ subscriptions, gateway }) => subscriptions.connected(gateway.socket);
const answers: Step = ({ subscriptions, gateway }) => gateway.answer(subscriptions, 'v', [cardOf('a')]);
const same: Step = ({ gateway }) => gateway.same('v');
const refuses =
  (code: Parameters<ScriptedSocket['refuse']>[0], afterMs?: number): Step =>
  ({ gateway }) =>
    gateway.refuse(code, afterMs);
const loses: Step = ({ subscriptions }) => subscriptions.disconnected();
const hides: Step = ({ subscriptions }) => subscriptions.disconnected('hidden');
const beats =
  (fields: object): Step =>
  ({ subscriptions, gateway }) =>
    gateway.heartbeat(subscriptions, 'v', fields);
const gap: Step = ({ subscriptions, gateway }) => {
  gateway.loses();
  gateway.change(subscriptions, 'v', { total: 9 });
};
const left: Step = ({ subscriptions }) =>
  subscriptions.received({ event: 'left', frame: { view: 'v', code: 'token_expired', error: 'it ended' } });
const passes =
  (ms: number): Step =>
  () =>
    jest.advanceTimersByTime(ms);
const ends: Step = ({ subscriptions }) => subscriptions.close();
const closes: Step = ({ live }) => live.close();

describe('the states of a list', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: NOW, doNotFake: ['queueMicrotask'] });
    jest.spyOn(Math, 'random').mockReturnValue(0);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it.each<[string, Step[], string[], LiveUpdate['state']]>([
    ['nothing is known', [tell], ['loading'], 'loading'],
    ['the answer comes', [tell, connects, answers], ['loading', 'live'], 'live'],
    ['the answer is there before the first call', [connects, answers, tell], ['live'], 'live'],
    ['the connection is lost before it', [tell, connects, loses], ['loading'], 'loading'],
    ['the query is wrong', [connects, refuses('invalid_query')], ['refused invalid_query for good'], 'refused'],
    ['K8: one list too many', [connects, refuses('too_many_views')], ['refused too_many_views for good'], 'refused'],
    [
      'the gateway has no room for the moment, and then has',
      [connects, refuses('too_many_views', 1000), passes(1000), answers],
      ['refused too_many_views 1000', 'live'],
      'live',
    ],
    [
      'it is refused for the moment again and again',
      [connects, refuses('unavailable', 700), passes(700), refuses('rate_limited', 50)],
      ['refused unavailable 700', 'refused rate_limited 750'],
      'refused',
    ],
    ['there is no answer at all', [tell, connects, passes(10_000), passes(1), answers], ['loading', 'live'], 'live'],
    [
      'the connection is lost and comes back',
      [connects, answers, loses, connects, same],
      ['live', 'stale disconnected -', 'live'],
      'live',
    ],
    ['the page is hidden for long', [connects, answers, hides], ['live', 'stale hidden -'], 'stale'],
    [
      'the gateway says that it is old, and of when',
      [connects, answers, beats({ time: 5 }), beats({ stale: true, fresh_at: 3 }), beats({ stale: true, fresh_at: 4 })],
      ['live', 'stale gateway 3', 'stale gateway 4'],
      'stale',
    ],
    [
      'the gateway is fresh again',
      [connects, answers, beats({ stale: true }), beats({ time: 7 }), loses],
      ['live', 'stale gateway -', 'live', 'stale disconnected 7'],
      'stale',
    ],
    ['a frame is lost and repaired', [connects, answers, gap, answers], ['live', 'live'], 'live'],
    [
      'a frame is lost, and this gateway is behind',
      [connects, answers, gap, refuses('behind', 100)],
      ['live', 'stale refused -'],
      'stale',
    ],
    [
      'a frame is lost, and nobody answers',
      [connects, answers, gap, passes(10_000)],
      ['live', 'stale unanswered -'],
      'stale',
    ],
    ['K9: its token ends, and it is asked as the public', [connects, answers, left, answers], ['live', 'live'], 'live'],
    ['K10: it is closed', [connects, answers, closes, gap], ['live'], 'closed'],
    ['K10: the client is closed', [connects, answers, ends], ['live', 'closed'], 'closed'],
    ['K10: the client is closed before anything is known', [tell, ends], ['loading', 'closed'], 'closed'],
    ['a refused one is closed', [connects, refuses('not_live'), closes], ['refused not_live for good'], 'closed'],
  ])('%s', async (_what, steps, told, state) => {
    const scene = new Scene();
    for (const step of steps) {
      const done = step(scene);
      if (done instanceof Promise) await done;
    }
    expect(scene.text).toEqual(told);
    expect(scene.live.current.state).toBe(state);
  });

  it('K8: asks again for the list that was one too many when another one is closed', () => {
    const scene = new Scene();
    connects(scene);
    answers(scene);
    const heard: LiveUpdate[] = [];
    scene.lists.live({ limit: 7 }, (update) => heard.push(update));
    refuses('too_many_views')(scene);
    expect(heard.at(-1)).toMatchObject({ state: 'refused', code: 'too_many_views', final: true });
    scene.live.close();
    expect(scene.gateway.events).toEqual(['subscribe', 'subscribe', 'unsubscribe', 'subscribe']);
    scene.gateway.answer(scene.subscriptions, 'w', [cardOf('b')]);
    expect(heard.at(-1)).toMatchObject({ state: 'live', sessions: [{ id: 'b' }] });
  });

  it('are those of a second caller at once', async () => {
    const scene = new Scene();
    connects(scene);
    answers(scene);
    const heard: LiveUpdate[] = [];
    const second = scene.lists.live({ status: 'live' }, (update) => heard.push(update));
    expect(second.current).toMatchObject({ state: 'live', sessions: [{ id: 'a' }] });
    await scene.settle();
    expect(heard).toMatchObject([{ state: 'live', sessions: [{ id: 'a' }] }]);
    expect(scene.gateway.events).toEqual(['subscribe']);
  });

  it('say what left once, not with each change of the state', () => {
    const scene = new Scene();
    connects(scene);
    answers(scene);
    scene.gateway.change(scene.subscriptions, 'v', { removes: [['a', 'ended']], total: 0 });
    beats({ stale: true })(scene);
    loses(scene);
    expect(scene.heard.map(({ removed }) => removed)).toEqual([[], [['a', 'ended']], [], []]);
  });

  it.each([
    [true, ['live 1', 'loading 1 of before', 'live 2']],
    [false, ['live 1', 'loading 0', 'live 2']],
  ])('of a changed query, keepPrevious %s', async (keepPrevious, told) => {
    const scene = new Scene();
    connects(scene);
    answers(scene);
    scene.live.change({ limit: 7 }, { keepPrevious });
    await scene.settle();
    expect(scene.gateway.events).toEqual(['subscribe', 'subscribe']);
    scene.gateway.answer(scene.subscriptions, 'w', [cardOf('b'), cardOf('c')]);
    const texts = scene.heard.map((update) => {
      const isOfBefore = update.state === 'loading' && update.previous;
      return `${update.state} ${update.sessions.length}${isOfBefore ? ' of before' : ''}`;
    });
    expect(texts).toEqual(told);
    expect(scene.gateway.asked.at(-1)).toMatchObject({ event: 'unsubscribe', payload: { view: 'v' } });
    scene.live.close();
    expect(scene.gateway.asked.at(-1)).toMatchObject({ event: 'unsubscribe', payload: { view: 'w' } });
  });
});

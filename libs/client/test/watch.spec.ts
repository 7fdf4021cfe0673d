import type { LiveUpdate } from '../src/live-update';
import { Subscriptions } from '../src/subscriptions';
import { Watch } from '../src/watch';
import { ScriptedSocket, cardOf, idOf, nameOf } from './scripted-socket';

const [a, b, c, d] = [idOf('a'), idOf('b'), idOf('c'), idOf('d')];

describe('watches that come and go', () => {
  let subscriptions: Subscriptions;
  let gateway: ScriptedSocket;
  let watch: Watch;

  beforeEach(() => {
    subscriptions = new Subscriptions();
    gateway = new ScriptedSocket();
    subscriptions.connected(gateway.socket);
    watch = new Watch(subscriptions);
  });
  afterEach(() => subscriptions.close());

  const watching = (...ids: string[]) => {
    const heard: LiveUpdate[] = [];
    return { live: watch.watch(ids, (update) => heard.push(update)), heard };
  };
  const shown = ({ live }: ReturnType<typeof watching>) => {
    const { state, sessions, absent } = live.current;
    return `${state} ${sessions.map(({ id }) => nameOf(id)).join()} absent ${absent.map(nameOf).join()}`;
  };

  it('ask for what is new, and let go of what nobody wants any more', () => {
    const first = watching(a, b);
    gateway.answer(subscriptions, 'w', [cardOf(a)], [b]);
    expect(shown(first)).toBe('live a absent b');
    const second = watching(b, c, d);
    expect(gateway.asked.at(-1)).toMatchObject({ event: 'watch', payload: { add: [c, d] } });
    gateway.same('w');
    expect([shown(first), shown(second)]).toEqual(['live a absent b', 'loading  absent b']);
    gateway.change(subscriptions, 'w', { upserts: [cardOf(d)], absent: [c] });
    expect(shown(second)).toBe('live d absent b,c');
    expect(first.heard).toHaveLength(1);
    first.live.close();
    expect(gateway.asked.at(-1)).toMatchObject({ event: 'unwatch', payload: { ids: [a], of: 'w' } });
    gateway.change(subscriptions, 'w', { upserts: [cardOf(a), cardOf(b)] });
    gateway.same('w');
    expect(shown(second)).toBe('live b,d absent c');
    second.live.close();
    expect(gateway.asked.at(-1)).toMatchObject({ event: 'unsubscribe', payload: { view: 'w' } });
    expect(gateway.events).toEqual(['watch', 'watch', 'unwatch', 'unsubscribe']);
  });

  it('know at once what another one knows', () => {
    watching(a, b);
    gateway.answer(subscriptions, 'w', [cardOf(a)], [b]);
    const second = watching(b, a);
    expect(shown(second)).toBe('live a absent b');
    expect(gateway.events).toEqual(['watch']);
  });

  it('do not take for known what was let go and is wanted again', () => {
    watching(a);
    gateway.answer(subscriptions, 'w', [cardOf(a)]);
    const second = watching(b);
    gateway.change(subscriptions, 'w', { upserts: [cardOf(b)] });
    second.live.close();
    const third = watching(b);
    expect(shown(third)).toBe('loading  absent ');
    gateway.change(subscriptions, 'w', { absent: [b] });
    expect(shown(third)).toBe('live  absent b');
  });

  it('ask for all anew where a difference is not understood, and after a loss', () => {
    watching(a);
    gateway.answer(subscriptions, 'w', [cardOf(a)]);
    const second = watching(b);
    gateway.refuse('invalid_request');
    expect(gateway.asked.at(-1)).toMatchObject({ event: 'watch', payload: { ids: [a, b] } });
    gateway.answer(subscriptions, 'w', [cardOf(a), cardOf(b)]);
    expect(shown(second)).toBe('live b absent ');
    subscriptions.disconnected();
    expect(shown(second)).toBe('stale b absent ');
    const third = watching(c);
    subscriptions.connected(gateway.socket);
    expect(gateway.asked.at(-1)).toMatchObject({ payload: { ids: [a, b, c], of: 'w' } });
    expect(shown(third)).toBe('loading  absent ');
    gateway.same('w');
    expect(shown(third)).toBe('live  absent c');
  });

  it('K10: throw nothing beyond 200, say that it is too much, and are asked when there is room', async () => {
    const first = watching(a);
    gateway.answer(subscriptions, 'w', [cardOf(a)]);
    const many = watching(...Array.from({ length: 200 }, (_, index) => idOf(`s${index}`)));
    await Promise.resolve();
    expect(many.heard).toMatchObject([{ state: 'refused', code: 'too_many_ids', final: true, sessions: [] }]);
    expect(many.live.current.state).toBe('refused');
    expect(gateway.events).toEqual(['watch']);
    first.live.close();
    expect(gateway.asked.at(-1)?.payload.ids).toHaveLength(200);
  });

  it.each(['nope', '', 'a0000000-0000-4000-8000-00000000000g'])(
    'are refused one by one: %j, which cannot be an id, is asked of nobody, and the others go on',
    async (wrong) => {
      const first = watching(a);
      const mistaken = watching(b, wrong);
      gateway.answer(subscriptions, 'w', [cardOf(a)]);
      await Promise.resolve();
      expect(gateway.asked).toMatchObject([{ event: 'watch', payload: { ids: [a] } }]);
      expect(shown(first)).toBe('live a absent ');
      expect(mistaken.heard).toMatchObject([{ state: 'refused', code: 'invalid_request', final: true, sessions: [] }]);
      expect(mistaken.heard[0]).toHaveProperty('error', `the id ${JSON.stringify(wrong)} is not a UUID`);
      first.live.close();
      const last = watching(c);
      gateway.answer(subscriptions, 'w', [cardOf(c)]);
      expect([shown(mistaken), shown(last)]).toEqual(['refused  absent ', 'live c absent ']);
      expect(mistaken.heard).toHaveLength(1);
      subscriptions.close();
      expect(mistaken.heard.at(-1)?.state).toBe('closed');
    },
  );

  it('of nothing have nothing to wait for', async () => {
    const none = watching();
    await Promise.resolve();
    expect(none.heard).toMatchObject([{ state: 'live', sessions: [] }]);
    expect(gateway.events).toEqual([]);
  });
});

import { type HTMLDivElement, Window } from 'happy-dom';
import { type FunctionComponent, StrictMode, act, createElement } from 'react';
import { type Root, createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import type { ConnectionStatus } from '../src/connection-status';
import { LiveLists } from '../src/live-lists';
import type { Marquee } from '../src/marquee';
import { MarqueeProvider, useConnectionStatus, useLiveSessions, useSession, useWatchedSessions } from '../src/react';
import { Subscriptions } from '../src/subscriptions';
import { Watch } from '../src/watch';
import { ScriptedSocket, cardOf, idOf, nameOf } from './scripted-socket';

describe('live sessions in React', () => {
  const page = new Window();
  let subscriptions: Subscriptions;
  let gateway: ScriptedSocket;
  let client: Marquee;
  let tell: (status: ConnectionStatus) => void;
  let container: HTMLDivElement;
  let root: Root | undefined;
  let drawn: string[];

  beforeAll(() => {
    Object.assign(globalThis, { window: page, document: page.document, IS_REACT_ACT_ENVIRONMENT: true });
  });
  afterAll(async () => {
    for (const name of ['window', 'document', 'IS_REACT_ACT_ENVIRONMENT']) Reflect.deleteProperty(globalThis, name);
    await page.happyDOM.close();
  });

  beforeEach(() => {
    subscriptions = new Subscriptions();
    drawn = [];
    gateway = new ScriptedSocket();
    subscriptions.connected(gateway.socket);
    const lists = new LiveLists(subscriptions);
    const watches = new Watch(subscriptions);
    const scripted: Pick<Marquee, 'live' | 'peek' | 'watch' | 'status' | 'onStatus'> = {
      peek: (query) => lists.peek(query),
      live: (query, onChange) => lists.live(query, onChange),
      watch: (ids, onChange) => watches.watch(ids, onChange),
      status: { state: 'idle' },
      onStatus: (watcher) => {
        tell = (status) => {
          Object.assign(client, { status });
          watcher(status);
        };
        tell({ state: 'connecting' });
        return () => undefined;
      },
    };
    client = scripted as Marquee;
    container = page.document.createElement('div');
  });
  afterEach(async () => {
    await act(async () => root?.unmount());
    root = undefined;
    subscriptions.close();
  });

  const below = (component: FunctionComponent) =>
    createElement(StrictMode, null, createElement(MarqueeProvider, { client }, createElement(component)));
  const render = async (component: FunctionComponent) => {
    root ??= createRoot(container);
    await act(async () => root?.render(below(component)));
  };
  const listOf = (query: Parameters<typeof useLiveSessions>[0]) => () => {
    const { state, sessions, total } = useLiveSessions({ ...query });
    const text = `${state} ${total} ${sessions.map(({ id }) => id).join()}`;
    drawn.push(text);
    return text;
  };
  const answer = (view: string, ...ids: string[]) =>
    act(() =>
      gateway.answer(
        subscriptions,
        view,
        ids.map((id) => cardOf(id)),
      ),
    );

  it('are shown as they come, and asked once however often they are drawn', async () => {
    const List = listOf({ limit: 2 });
    await render(List);
    expect(container.textContent).toBe('loading 0 ');
    answer('v', 'a', 'b');
    expect(container.textContent).toBe('live 2 a,b');
    await render(List);
    await render(List);
    act(() => gateway.change(subscriptions, 'v', { removes: [['a', 'ended']], total: 1 }));
    expect(container.textContent).toBe('live 1 b');
    expect(gateway.events).toEqual(['subscribe']);
  });

  it('are asked anew when the question is another, not when it is the same in other words', async () => {
    let query: Parameters<typeof useLiveSessions>[0] = { status: 'live' };
    const List = () => listOf(query)();
    await render(List);
    answer('v', 'a');
    drawn = [];
    query = { status: ['live'], limit: 50 };
    await render(List);
    expect(gateway.events).toEqual(['subscribe']);
    expect(new Set(drawn)).toEqual(new Set(['live 1 a']));
    query = { mode: 'rtmp' };
    await render(List);
    expect(container.textContent).toBe('loading 0 ');
    expect(gateway.asked.findLast(({ event }) => event === 'subscribe')?.payload.query).toMatchObject({ mode: 'rtmp' });
    answer('w', 'c');
    expect(container.textContent).toBe('live 1 c');
    expect(gateway.asked.at(-1)).toMatchObject({ event: 'unsubscribe', payload: { view: 'v' } });
  });

  it('are left when the last component that shows them goes', async () => {
    const List = listOf({});
    const Two: FunctionComponent = () => [createElement(List, { key: 1 }), createElement(List, { key: 2 })];
    await render(Two);
    answer('v', 'a');
    expect(container.textContent).toBe('live 1 alive 1 a');
    await render(List);
    expect(gateway.events).toEqual(['subscribe']);
    await render(() => 'nothing');
    expect(gateway.events.at(-1)).toBe('unsubscribe');
  });

  it('are there for a component that comes later at its first drawing, and asked once', async () => {
    const List = listOf({});
    await render(List);
    answer('v', 'a');
    drawn = [];
    await render(() => [createElement(List, { key: 1 }), createElement(List, { key: 2 })]);
    expect(container.textContent).toBe('live 1 alive 1 a');
    expect(new Set(drawn)).toEqual(new Set(['live 1 a']));
    expect(gateway.events).toEqual(['subscribe']);
  });

  it.each([
    [true, ['loading 1 a', 'live 1 b']],
    [false, ['loading 0 ', 'live 1 b']],
  ])('of a changed query, keepPrevious %s', async (keepPrevious, told) => {
    let limit = 1;
    const List = () => {
      const { state, total, sessions } = useLiveSessions({ limit }, { keepPrevious });
      const text = `${state} ${total} ${sessions.map(({ id }) => id).join()}`;
      drawn.push(text);
      return text;
    };
    await render(List);
    answer('v', 'a');
    drawn = [];
    limit = 2;
    await render(List);
    answer('w', 'b');
    expect([...new Set(drawn)]).toEqual(told);
  });

  it('K10: that are one watch too many are refused, and the component stays', async () => {
    const many = Array.from({ length: 201 }, (_, index) => idOf(`s${index}`));
    const Watched = () => {
      const update = useWatchedSessions(many);
      return update.state === 'refused' ? `${update.code} ${update.final}` : update.state;
    };
    await render(Watched);
    expect(container.textContent).toBe('too_many_ids true');
    expect(gateway.events).toEqual([]);
  });

  it('is one session, open or not', async () => {
    const One = () => {
      const { session, isOpen, state } = useSession(idOf('a'));
      return `${state} ${session ? nameOf(session.id) : 'none'} ${isOpen}`;
    };
    await render(One);
    expect(container.textContent).toBe('loading none null');
    act(() => gateway.answer(subscriptions, 'w', [cardOf(idOf('a'))]));
    expect(container.textContent).toBe('live a true');
    act(() => gateway.change(subscriptions, 'w', { removes: [[idOf('a'), 'ended']], total: 0 }));
    expect(container.textContent).toBe('live none false');
  });

  it('say that the client is closed', async () => {
    await render(listOf({}));
    answer('v', 'a');
    act(() => subscriptions.close());
    expect(container.textContent).toBe('closed 1 a');
  });

  it('are watched by id, and asked anew with other ids', async () => {
    const [a, b] = [idOf('a'), idOf('b')];
    let ids = [a, b];
    const Watched = () => {
      const { state, sessions } = useWatchedSessions([...ids]);
      return `${state} ${sessions.map(({ id, viewer_count }) => `${nameOf(id)}:${viewer_count}`).join()}`;
    };
    await render(Watched);
    act(() => gateway.answer(subscriptions, 'w', [cardOf(b, { viewer_count: 7 }), cardOf(a, { viewer_count: 3 })]));
    expect(container.textContent).toBe('live a:3,b:7');
    ids = [];
    await render(Watched);
    expect(container.textContent).toBe('live ');
  });

  it('tell how the connection is', async () => {
    const Status = () => {
      const { state, trouble } = useConnectionStatus();
      return `${state} ${trouble ?? ''}`;
    };
    await render(Status);
    expect(container.textContent).toBe('connecting ');
    act(() => tell({ state: 'connecting', trouble: 'lost' }));
    expect(container.textContent).toBe('connecting lost');
  });

  it('are loading on a server, which asks nobody, and come alive in the browser', () => {
    const List = listOf({});
    const Page: FunctionComponent = () => [createElement(List, { key: 1 }), useConnectionStatus().state];
    container.innerHTML = renderToString(below(Page));
    expect(container.textContent).toBe('loading 0 idle');
    expect(gateway.events).toEqual([]);
    const complaints = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    act(() => {
      root = hydrateRoot(container, below(Page));
    });
    answer('v', 'a');
    expect(container.textContent).toBe('live 1 aconnecting');
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  });

  it('need a provider above', () => {
    expect(() => renderToString(createElement(listOf({})))).toThrow('there is no <MarqueeProvider client={…}> above');
  });
});

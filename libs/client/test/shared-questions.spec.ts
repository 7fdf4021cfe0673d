import { LiveLists } from '../src/live-lists';
import type { LiveUpdate } from '../src/live-update';
import { Subscriptions } from '../src/subscriptions';
import { Watch } from '../src/watch';
import { ScriptedSocket, cardOf, idOf } from './scripted-socket';

describe('what is live', () => {
  let subscriptions: Subscriptions;
  let gateway: ScriptedSocket;
  let uncaught: (() => void)[];

  beforeEach(() => {
    subscriptions = new Subscriptions();
    gateway = new ScriptedSocket();
    subscriptions.connected(gateway.socket);
    uncaught = [];
  });
  afterEach(() => {
    subscriptions.close();
    jest.restoreAllMocks();
  });

  const holdMicrotasks = () =>
    jest.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) => void uncaught.push(task));
  const fail = () => {
    throw new Error('a bug of the application');
  };

  it('is heard by all who ask, whoever of them throws; what was thrown is uncaught', () => {
    holdMicrotasks();
    const lists = new LiveLists(subscriptions);
    const heard: LiveUpdate[] = [];
    lists.live({}, fail);
    lists.live({}, (update) => heard.push(update));
    gateway.answer(subscriptions, 'v', [cardOf('a')]);
    expect(heard.map(({ total }) => total)).toEqual([1]);
    // Those of the two who joined tell nothing more, since both were told.
    expect(uncaught).toHaveLength(3);
    expect(uncaught[2]).toThrow('a bug of the application');
  });

  it('is heard by all who watch, whoever of them throws', () => {
    holdMicrotasks();
    const watch = new Watch(subscriptions);
    const heard: LiveUpdate[] = [];
    watch.watch([idOf('a')], fail);
    watch.watch([idOf('a')], (update) => heard.push(update));
    gateway.answer(subscriptions, 'w', [cardOf(idOf('a'))]);
    gateway.answer(subscriptions, 'w', [cardOf(idOf('a'))]);
    expect(heard.at(-1)).toMatchObject({ state: 'live', sessions: [{ id: idOf('a') }] });
    expect(uncaught[2]).toThrow('a bug of the application');
  });

  it('is asked once by all who mean the same, and left with the last of them', () => {
    const lists = new LiveLists(subscriptions);
    const open = [lists.live({}, () => undefined), lists.live({ status: 'live', limit: 50 }, () => undefined)];
    gateway.answer(subscriptions, 'v', []);
    expect(gateway.events).toEqual(['subscribe']);
    open[0]?.close();
    expect(gateway.events).toEqual(['subscribe']);
    open[1]?.close();
    expect(gateway.asked.at(-1)).toMatchObject({ event: 'unsubscribe', payload: { view: 'v' } });
  });

  it('says nothing to who closed it while another was told', () => {
    const lists = new LiveLists(subscriptions);
    const heard: string[] = [];
    lists.live({}, () => second.close());
    const second = lists.live({}, () => heard.push('second'));
    gateway.answer(subscriptions, 'v', []);
    expect(heard).toEqual([]);
  });
});

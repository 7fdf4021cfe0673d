import { type DebugEvent, type Report, reporting } from '../src/debug';
import { LiveLists } from '../src/live-lists';
import { Subscriptions } from '../src/subscriptions';
import { ScriptedSocket, cardOf } from './scripted-socket';

describe('what a debugging panel is told', () => {
  it('is each request and ack, each frame and what it did, each gap and its repair', () => {
    const events: DebugEvent[] = [];
    const report: Report = (event) => void events.push({ time: 0, ...event });
    const subscriptions = new Subscriptions(report);
    const gateway = new ScriptedSocket();
    subscriptions.connected(reporting(gateway.socket, report));
    const live = new LiveLists(subscriptions).live({}, () => undefined);
    gateway.answer(subscriptions, 'v', [cardOf('a')]);
    gateway.change(subscriptions, 'v', { counts: [['a', 1, 1]] });
    gateway.heartbeat(subscriptions, 'v');
    gateway.loses();
    gateway.change(subscriptions, 'v', { total: 2 });
    gateway.heartbeat(subscriptions, 'other');
    gateway.answer(subscriptions, 'v', [cardOf('a'), cardOf('b')]);
    live.close();

    const texts = events.map((event) => {
      switch (event.type) {
        case 'request':
          return `${event.number} ${event.event}`;
        case 'ack':
          return `${event.number} acked ${event.answer.ok}`;
        case 'frame':
          return `${event.event} ${event.frame.prev ?? ''}→${event.frame.frame} ${event.outcome}`;
        case 'gap':
          return `gap after ${event.held}`;
        case 'repair':
          return `repaired at ${event.frame}`;
        default:
          return event.type;
      }
    });
    expect(texts).toEqual([
      '1 subscribe',
      '1 acked true',
      'snapshot →1 applied',
      'delta 1→2 applied',
      'heartbeat →2 applied',
      'gap after 2',
      '2 subscribe',
      'delta 3→4 gap',
      'heartbeat →4 dropped',
      '2 acked true',
      'repaired at 5',
      'snapshot →5 applied',
      '3 unsubscribe',
    ]);
    const [frame] = events.filter((event) => event.type === 'frame');
    expect(frame).toMatchObject({ bytes: `42${JSON.stringify(['snapshot', frame?.frame])}`.length });
  });
});

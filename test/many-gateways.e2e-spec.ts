import { randomUUID } from 'node:crypto';
import { Balancer } from './given/balancer';
import { eventually } from './given/eventually';
import { type AskedList, expectedView, shownView } from './given/expected-view';
import { LightClient } from './given/light-client';
import { Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';
import type { Service } from './given/service';

const CLIENTS = 2000;
const JOINING = { atOnce: 50, everyMs: 100 };
const CUT = { atOnce: 10, everyMs: 100 };
const MOVE_EVERY_MS = 100;
const SESSIONS = 60;
const LISTS: AskedList[] = [
  { sort: 'viewer_count', order: 'desc', limit: 10 },
  { sort: 'started_at', order: 'desc', limit: 20 },
  { mode: 'rtmp', sort: 'max_viewers', order: 'desc', limit: 10 },
  { min_viewers: 500, sort: 'started_at', order: 'asc', limit: 10 },
];

describe('three gateways behind a balancer', () => {
  let marquee: Marquee;
  let producer: ForeignProducer;
  let gateways: Service[];
  let balancer: Balancer;
  const clients: LightClient[] = [];
  const running = new Set<NodeJS.Timeout>();

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack());
    await marquee.start();
    gateways = [marquee.gateway, await marquee.another('session-gateway'), await marquee.another('session-gateway')];
    await Promise.all(gateways.slice(1).map((gateway) => gateway.start()));
    balancer = await Balancer.before(gateways.map(({ port }) => port));
    producer = new ForeignProducer(marquee);
    await producer.connect();
  });

  afterAll(async () => {
    for (const timer of running) clearInterval(timer);
    for (const client of clients) client.close();
    await balancer?.close();
    await producer?.close();
    await Promise.all((gateways ?? []).map((gateway) => gateway.stop('SIGKILL')));
    await marquee?.close();
  });

  function again(everyMs: number, act: () => unknown): () => void {
    const timer = setInterval(act, everyMs);
    running.add(timer);
    return () => {
      clearInterval(timer);
      running.delete(timer);
    };
  }

  const listOf = (index: number) => LISTS[index % LISTS.length] as AskedList;

  async function join(): Promise<void> {
    const stop = again(JOINING.everyMs, () => {
      for (let each = 0; each < JOINING.atOnce && clients.length < CLIENTS; each += 1) {
        const query = listOf(clients.length);
        clients.push(new LightClient({ url: () => balancer.url, query, deflates: clients.length % 2 === 0 }));
      }
    });
    await eventually('all have a list', async () => {
      const following = clients.filter(({ isFollowing }) => isFollowing).length;
      if (following === CLIENTS) return true;
      throw new Error(`${following} of ${clients.length} follow`);
    });
    stop();
  }

  /** Everything that can happen to a list, again and again. */
  function move(): () => Promise<void> {
    const live: string[] = [];
    let [step, sending] = [0, Promise.resolve()];
    const start = () => {
      const id = randomUUID();
      live.push(id);
      const mode = step % 3 === 0 ? 'webcam' : 'rtmp';
      return event('session.started.v1', id, { title: `Started at ${step}`, mode, lease_seconds: 1800 });
    };
    const any = () => live[Math.floor(Math.random() * live.length)] ?? '';
    const happen = async () => {
      step += 1;
      const counts = Array.from({ length: 8 }, () =>
        event('viewers.counted.v1', any(), { viewer_count: Math.floor(Math.random() * 1000) }),
      );
      const [ended = ''] = step % 5 === 0 ? live.splice(Math.floor(Math.random() * live.length), 1) : [];
      const lives = [
        event('session.updated.v1', any(), { title: `Changed at ${step}` }),
        ...(ended ? [event('session.ended.v1', ended), start()] : []),
      ];
      await producer.send('sessions', ...lives);
      await producer.send('viewers', ...counts);
    };
    sending = producer.send('sessions', ...Array.from({ length: SESSIONS }, start));
    const stop = again(MOVE_EVERY_MS, () => {
      sending = sending.then(happen);
    });
    return async () => {
      stop();
      await sending;
    };
  }

  const cut = () =>
    again(CUT.everyMs, () => {
      for (let each = 0; each < CUT.atOnce; each += 1) clients[Math.floor(Math.random() * clients.length)]?.cut();
    });

  /** What they are told to do is done one after the other, as a deployment does it. */
  async function restartAll(): Promise<void> {
    for (const gateway of gateways) {
      expect(await gateway.stop('SIGTERM')).toBe(0);
      await gateway.start();
    }
  }

  async function expectAllRight(): Promise<void> {
    await eventually('everybody shows what Postgres has', async () => {
      const wanted = await Promise.all(LISTS.map((list) => expectedView(marquee, list)));
      const wrong = clients.filter((client, index) => {
        return !client.isFollowing || shownView(client, listOf(index)) !== wanted[index % LISTS.length];
      });
      const [first] = wrong;
      if (!first) return true;
      const index = clients.indexOf(first);
      const shown = shownView(first, listOf(index));
      throw new Error(
        `${wrong.length} are wrong; one is ${first.held.phase} at\n${shown}\nof\n${wanted[index % LISTS.length]}`,
      );
    });
  }

  it('give 2000 clients that are cut at random the right list, through a rolling restart and the death of one', async () => {
    const stopMoving = move();
    await join();
    const stopCutting = cut();
    await restartAll();
    await gateways[1]?.stop('SIGKILL');
    await eventually('nearly all came to the two that are left', async () => {
      return clients.filter(({ isFollowing }) => isFollowing).length > CLIENTS * 0.95 || undefined;
    });
    stopCutting();
    await stopMoving();
    await expectAllRight();

    expect(clients.flatMap(({ wrongs }) => wrongs)).toEqual([]);
    const answers = Map.groupBy(
      clients.flatMap((client) => client.answers),
      (answer) => answer,
    );
    expect(answers.get('delta')?.length).toBeGreaterThan(CLIENTS);
  });
});

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { eventually, eventuallyPasses } from './given/eventually';
import { LiveClient } from './given/live-client';
import { Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';
import { RedisPair } from './given/redis-pair';

const WITHIN_MS = 30_000;

describe('with two Redis and one name', () => {
  let pair: RedisPair;
  let marquee: Marquee;
  let producer: ForeignProducer;
  let client: LiveClient;
  let stream: { isOpen: boolean; end: () => void };
  let live: string[];
  /** What clients of the socket were told of their connection. */
  let cuts: string[];

  beforeAll(async () => {
    pair = await RedisPair.start();
    marquee = await Marquee.on({ ...sharedStack(), redisUrl: pair.url });
    await marquee.start();
    producer = new ForeignProducer(marquee);
    await producer.connect();
    client = new LiveClient(marquee.gateway.url, { sort: 'started_at', order: 'asc', limit: 50 });
    cuts = [];
    client.socket.on('disconnect', (why) => cuts.push(why));
    stream = await openStream();
    live = [];
    await starts(3);
    await everybodyHasThem();
  });
  afterAll(async () => {
    stream?.end();
    client?.close();
    await producer?.close();
    await marquee?.close();
    await pair?.close();
  });

  async function openStream() {
    const closing = new AbortController();
    const answer = await fetch(`${marquee.query.url}/sessions/stream`, { signal: closing.signal });
    expect(answer.status).toBe(200);
    const open = { isOpen: true, end: () => closing.abort() };
    const read = async () => {
      await answer.body?.pipeTo(new WritableStream());
      open.isOpen = false;
    };
    read().catch(() => (open.isOpen = false));
    return open;
  }

  async function starts(count: number): Promise<void> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await producer.send('sessions', ...ids.map((id) => event('session.started.v1', id, { title: 'On air' })));
    live.push(...ids);
  }

  async function ends(count: number): Promise<void> {
    const ids = live.splice(0, count);
    await producer.send('sessions', ...ids.map((id) => event('session.ended.v1', id)));
  }

  async function rest() {
    const answer = await fetch(`${marquee.query.url}/sessions/live?limit=100`);
    expect(answer.status).toBe(200);
    const { data, stale = false } = (await answer.json()) as { data: { sessions: { id: string }[] }; stale?: true };
    return { ids: data.sessions.map(({ id }) => id).sort(), stale };
  }

  async function recordIsReached(): Promise<void> {
    await eventuallyPasses('everything is recorded', async () => {
      const rows = await marquee.sql<{ id: string }>(`SELECT id FROM sessions WHERE status = 'live'`);
      expect(rows.map(({ id }) => id).sort()).toEqual([...live].sort());
    });
  }

  async function everybodyHasThem(): Promise<void> {
    await eventuallyPasses(
      'socket and REST show what is live, and say that it is fresh',
      async () => {
        expect(await rest()).toEqual({ ids: [...live].sort(), stale: false });
        expect([...client.held.keys()].sort()).toEqual([...live].sort());
        for (const { url } of [marquee.query, marquee.gateway, marquee.lifecycle]) {
          expect((await fetch(`${url}/health/ready`)).status).toBe(200);
        }
      },
      WITHIN_MS,
    );
  }

  const saidBehind = () => marquee.lifecycle.log.split('the projection is behind').length - 1;
  const hasCaughtUp = () => {
    const { log } = marquee.lifecycle;
    return log.lastIndexOf('the projection is behind') <= log.lastIndexOf('the projection has caught up');
  };

  async function moved(): Promise<void> {
    await starts(2);
    await ends(1);
    await recordIsReached();
    await everybodyHasThem();
    await eventuallyPasses('the new master has them', async () => {
      const held = await pair.master.ask.hkeys(String((await pair.master.ask.keys('*:sessions'))[0]));
      expect(held.sort()).toEqual([...live].sort());
    });
    await everybodyHasThem();
    expect(cuts).toEqual([]);
    expect(stream.isOpen).toBe(true);
  }

  it.each([
    // A removal needs no memory: what has ended leaves a full Redis.
    ['is full', 'maxmemory', '1', '0', { takesRemovals: true }],
    ['has too few replicas', 'min-replicas-to-write', '3', '0', { takesRemovals: false }],
  ])(
    'a Redis that %s stops neither ingest nor readers, and is whole by itself afterwards',
    async (_what, setting, bad, good, { takesRemovals }) => {
      await eventually('no outage before is under way', async () => hasCaughtUp() || undefined);
      const [shown, before] = [(await rest()).ids, saidBehind()];
      const [ended] = live;
      await pair.master.ask.config('SET', setting, bad);
      await starts(2);
      await ends(1);
      await recordIsReached();
      const still = takesRemovals ? shown.filter((id) => id !== ended) : shown;
      await eventuallyPasses('readers show what Redis took, and that it is old', async () =>
        expect(await rest()).toEqual({ ids: still, stale: true }),
      );
      expect((await fetch(`${marquee.query.url}/health/ready`)).status).toBe(200);
      await eventually('it is said', async () => saidBehind() > before || undefined);
      await starts(2);
      await recordIsReached();
      await pair.master.ask.config('SET', setting, good);
      await everybodyHasThem();
      expect([cuts, stream.isOpen]).toEqual([[], true]);
      await eventually('it is said that it is over', async () => hasCaughtUp() || undefined);
      expect(saidBehind()).toBe(before + 1);
      expect(marquee.lifecycle.log).not.toContain('On air');
    },
  );

  const nobodyIsLeft = () =>
    eventuallyPasses('nobody of ours is left on the old one', async () => {
      expect(String(await pair.other.ask.client('LIST'))).not.toMatch(/ name=(projection|rate)/);
    });

  it('a failover is followed by all, and nobody is cut off', async () => {
    await pair.failOver();
    await moved();
    await nobodyIsLeft();
  });

  it('so is one whose old master is frozen, and one back to it', async () => {
    await pair.promote();
    pair.freeze(pair.other);
    await moved();
    pair.goOn(pair.other);
    await pair.follow(pair.other, pair.master);
    await pair.failOver();
    await moved();
  });

  it('so is one whose old master goes on answering, cut off from the new one', async () => {
    await pair.promote();
    await moved();
    await nobodyIsLeft();
  });

  it('a Redis that cannot save to its disk (MISCONF) stops neither ingest nor readers', async () => {
    const { ask } = pair.master;
    const [, place = ''] = await ask.config('GET', 'dir');
    rmSync(place, { recursive: true });
    await ask.config('SET', 'stop-writes-on-bgsave-error', 'yes');
    await ask.config('SET', 'save', '1 1');
    await eventually('it refuses writes', async () => {
      const refusal = await ask.set('probe', '1').catch(String);
      if (!refusal?.includes('MISCONF')) await ask.bgsave().catch(() => undefined);
      return refusal?.includes('MISCONF') || undefined;
    });
    await starts(2);
    await recordIsReached();
    await eventuallyPasses('it is old', async () => expect(await rest()).toMatchObject({ stale: true }));
    await ask.config('SET', 'save', '');
    await ask.config('SET', 'stop-writes-on-bgsave-error', 'no');
    await everybodyHasThem();
    expect([cuts, stream.isOpen]).toEqual([[], true]);
  });
});

import { randomUUID } from 'node:crypto';
import Redis from 'ioredis';
import { eventually, eventuallyPasses } from './given/eventually';
import { LiveClient } from './given/live-client';
import { Marquee, sharedStack } from './given/marquee';
import { ForeignProducer, event } from './given/producer';

describe('restarts', () => {
  let marquee: Marquee;
  let producer: ForeignProducer;

  beforeAll(async () => {
    marquee = await Marquee.on(sharedStack());
    await marquee.start();
    producer = new ForeignProducer(marquee);
    await producer.connect();
  });

  afterAll(async () => {
    await producer?.close();
    await marquee?.close();
  });

  async function liveIds(): Promise<string[]> {
    const answer = await fetch(`${marquee.query.url}/sessions/live?limit=100`);
    const { data } = (await answer.json()) as { data: { sessions: { id: string }[] } };
    return data.sessions.map((session) => session.id).sort();
  }

  async function givenLive(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await producer.send('sessions', ...ids.map((id) => event('session.started.v1', id, { title: 'On air' })));
    return ids;
  }

  async function expectLive(ids: string[]): Promise<void> {
    await eventuallyPasses(`${ids.length} sessions are live`, async () => {
      expect(await liveIds()).toEqual(expect.arrayContaining(ids));
    });
  }

  it('of every process, in order and by kill -9, lose nothing', async () => {
    const before = await givenLive(5);
    await expectLive(before);

    expect(await marquee.stop('SIGTERM')).toEqual([0, 0, 0]);
    const meanwhile = await givenLive(5);
    await marquee.start();
    await expectLive([...before, ...meanwhile]);

    await marquee.stop('SIGKILL');
    const after = await givenLive(5);
    await marquee.start();
    await expectLive([...before, ...meanwhile, ...after]);

    const rows = await marquee.sql('SELECT id FROM sessions WHERE status = $1', ['live']);
    expect(rows).toHaveLength(15);
  });

  it('after Redis lost everything make the list whole again', async () => {
    const ids = await givenLive(3);
    await expectLive(ids);
    const redis = new Redis(marquee.on.redisUrl);
    const keys = await redis.keys(`{${marquee.name}}*`);
    expect(keys.length).toBeGreaterThan(0);
    await redis.unlink(...keys);
    redis.disconnect();

    const client = new LiveClient(marquee.gateway.url);
    await marquee.stop();
    await marquee.start();

    await expectLive(ids);
    await eventually('the socket has them', async () => ids.every((id) => client.held.has(id)) || undefined);
    client.close();
  });
});

import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { GivenGateway } from '../apps/session-gateway/test/given';
import { givenGateway } from '../apps/session-gateway/test/given';
import { GivenLifecycle } from '../apps/session-lifecycle/test/given-lifecycle';
import { GivenQuery } from '../apps/session-query/test/given-query';
import { eventually, eventuallyPasses } from './given/eventually';
import { KafkaWay } from './given/kafka-way';
import { LiveClient } from './given/live-client';
import { metricsOf, readinessOf } from './given/operations';
import { event } from './given/producer';
import { RedisPair } from './given/redis-pair';
import { StreamClient } from './given/stream-client';

const { KAFKA_BROKERS = '' } = process.env;
const FETCH = 1;
const PAUSE_MS = 12_000;
const WITHIN_MS = 120_000;
const STARTS_WITHIN_MS = 120_000;

interface Beat {
  stale?: boolean;
  fresh_at?: number;
}

/** What all that read says of how fresh it is: REST, a stream, a socket. */
describe('how fresh answers and pushed lists are', () => {
  let redis: RedisPair;
  let kafka: KafkaWay;
  let given: GivenLifecycle;
  let lifecycle: NestFastifyApplication;
  let query: GivenQuery;
  let gateway: GivenGateway;
  let stream: StreamClient;
  let socket: LiveClient;
  /** The last heartbeat of the socket, and how many snapshots it was sent. */
  let beat: Beat;
  let snapshots: number;
  let id: string;

  beforeAll(async () => {
    redis = await RedisPair.start();
    kafka = await KafkaWay.listen(KAFKA_BROKERS.split(',')[0] ?? '');
    given = await GivenLifecycle.make();
    const places = { REDIS_URL: redis.url, REDIS_HASH_TAG: given.name };
    lifecycle = await service();
    query = await GivenQuery.on({ redisUrl: redis.url, databaseUrl: given.databaseUrl, name: given.name });
    gateway = await givenGateway({ tag: given.name }, places);
    id = await start();
    await eventuallyPasses('the session is there', async () => expect(await titles()).toEqual(['On air']));
    [beat, snapshots] = [{}, 0];
    stream = await StreamClient.open(`${query.url}/sessions/stream`);
    socket = new LiveClient(gateway.url);
    socket.socket.on('heartbeat', (told: Beat) => (beat = told));
    socket.socket.on('snapshot', () => (snapshots += 1));
    await isFreshEverywhere();
  }, 4 * WITHIN_MS);
  afterAll(async () => {
    kafka.onAnswer = ({ answer }) => answer;
    socket?.close();
    stream?.close();
    await gateway?.close();
    await query?.close();
    await given?.close();
    await kafka?.close();
    await redis?.close();
  });

  async function service(): Promise<NestFastifyApplication> {
    const app = await given.launch({ REDIS_URL: redis.url, KAFKA_BROKERS: kafka.address });
    const isReady = async () => expect((await readinessOf(app)).text).toContain('{"status":"ok"');
    await eventuallyPasses('the lifecycle service is ready', isReady, STARTS_WITHIN_MS);
    return app;
  }
  const memory = () => redis.a.ask;
  async function start(): Promise<string> {
    const started = randomUUID();
    await given.send('sessions', event('session.started.v1', started, { title: 'On air' }));
    return started;
  }
  const titles = async () => (await query.ask('/sessions/live')).body.data?.sessions?.map(({ title }) => title);
  const freshAt = async () => Number(await memory().hget(`{${given.name}}:meta`, 'fresh_at'));
  const PATHS = () => [
    '/sessions/live',
    '/sessions?limit=5',
    '/sessions/stats',
    `/sessions/${id}`,
    `/sessions/${id}/viewers`,
  ];
  const answers = async () => (await Promise.all(PATHS().map((path) => query.ask(path)))).map(({ body }) => body);
  const apps = () => [query.app, gateway.app];

  async function isFreshEverywhere(): Promise<void> {
    await eventuallyPasses(
      'it is fresh everywhere',
      async () => {
        for (const body of await answers()) {
          expect(body.success).toBe(true);
          expect(body).not.toHaveProperty('stale');
          expect(body).not.toHaveProperty('fresh_at');
        }
        expect([stream.beat.stale, beat.stale]).toEqual([undefined, undefined]);
        for (const app of apps()) {
          const { status, text } = await readinessOf(app);
          expect([status, (JSON.parse(text) as { status: string }).status]).toEqual([200, 'ok']);
          expect(await metricsOf(app)).toMatch(/^marquee_reader_stale 0$/m);
        }
      },
      WITHIN_MS,
    );
  }

  /** Readers look once a second: what was said in between they do not know of when the cause keeps them from looking. */
  async function isHeardEverywhere(since: number): Promise<void> {
    await eventuallyPasses('readers have heard how fresh it is', async () => {
      for (const app of apps()) expect(readerFreshAt(await metricsOf(app))).toBeGreaterThanOrEqual(since);
    });
  }

  /** Epoch ms. */
  const readerFreshAt = (metrics: string) =>
    Math.round(Number(/^marquee_reader_fresh_at_seconds (\S+)$/m.exec(metrics)?.[1]) * 1000);

  /**
   * `since`: what everybody must say it is fresh up to, at least; the cause came afterwards. What a process says by all
   * its ways is one. Two of which one looked later before it could look no more may differ.
   */
  async function isStaleEverywhere(since: number): Promise<void> {
    await eventuallyPasses(
      'it is stale everywhere',
      async () => {
        const [ofQuery, ofGateway] = await Promise.all(apps().map(staleUpTo));
        const said = (await answers()).map((body) => [body.success, body.stale, Date.parse(body.fresh_at ?? '')]);
        expect(said).toEqual(PATHS().map(() => [true, true, ofQuery]));
        expect([stream.beat, beat]).toMatchObject([
          { stale: true, fresh_at: ofQuery },
          { stale: true, fresh_at: ofGateway },
        ]);
        for (const at of [ofQuery, ofGateway]) expect(at).toBeGreaterThanOrEqual(since);
      },
      WITHIN_MS,
    );
  }

  /** What the reader of a process says itself: ready, degraded, and stale from then on. */
  async function staleUpTo(app: NestFastifyApplication): Promise<number> {
    const { status, text } = await readinessOf(app);
    expect([status, (JSON.parse(text) as { status: string }).status]).toEqual([200, 'degraded']);
    expect(text).toMatch(/"degraded":"stale: [^"]+"/);
    const metrics = await metricsOf(app);
    expect(metrics).toMatch(/^marquee_reader_stale 1$/m);
    return readerFreshAt(metrics);
  }

  /** Nobody had to be given the list anew. */
  const hasLostNothing = () => expect([snapshots, stream.snapshots]).toEqual([1, 1]);

  it('stays fresh at rest', async () => {
    const before = await freshAt();
    await eventually('it was said for longer than data keeps fresh', async () => {
      await isFreshEverywhere();
      return (await freshAt()) > before + 6000 || undefined;
    });
    await isFreshEverywhere();
  });

  describe.each<[cause: string, begin: () => Promise<unknown>, end: (begun: unknown) => Promise<unknown>]>([
    ['Redis is full', () => memory().config('SET', 'maxmemory', '1'), () => memory().config('SET', 'maxmemory', '0')],
    [
      'Redis has too few replicas',
      () => memory().config('SET', 'min-replicas-to-write', '3'),
      () => memory().config('SET', 'min-replicas-to-write', '0'),
    ],
    ['Redis holds up writes', () => memory().client('PAUSE', 600_000, 'WRITE'), () => memory().client('UNPAUSE')],
    ['Redis answers nothing', () => memory().client('PAUSE', PAUSE_MS, 'ALL'), async () => undefined],
    [
      'Redis is a replica that nobody feeds',
      () => memory().replicaof('127.0.0.1', 1),
      () => memory().call('REPLICAOF', 'NO', 'ONE'),
    ],
    [
      'the lifecycle service is stopped',
      () => given.stop(lifecycle),
      async () => {
        lifecycle = await service();
      },
    ],
    ['Kafka does not answer', async () => hold(() => true), async (goOn) => (goOn as () => void)()],
    [
      'events are not fetched',
      async () => {
        const goOn = hold((api) => api === FETCH);
        await start();
        return goOn;
      },
      async (goOn) => (goOn as () => void)(),
    ],
    [
      'counts are not recorded',
      async () => {
        const holder = given.source.createQueryRunner();
        await holder.startTransaction();
        await holder.query('SELECT FROM ingest_progress WHERE topic = $1 FOR UPDATE', [given.topic('viewers')]);
        await given.send('viewers', event('viewers.counted.v1', id, { viewer_count: 7 }));
        return holder;
      },
      async (holder) => {
        const { rollbackTransaction, release } = holder as {
          rollbackTransaction: () => Promise<void>;
          release: () => Promise<void>;
        };
        await rollbackTransaction.call(holder);
        await release.call(holder);
      },
    ],
  ])('while %s', (_cause, begin, end) => {
    it(
      'everybody says that the list may be old, and up to when it is whole, and stays ready; then fresh again',
      async () => {
        await isFreshEverywhere();
        const since = await freshAt();
        await isHeardEverywhere(since);
        const begun = await begin();
        try {
          await isStaleEverywhere(since);
        } finally {
          await end(begun);
        }
        await isFreshEverywhere();
        hasLostNothing();
      },
      4 * WITHIN_MS,
    );
  });

  it('stays fresh with two lifecycle processes of which one is stopped', async () => {
    const another = await service();
    await given.stop(lifecycle);
    lifecycle = another;
    const stopped = await freshAt();
    await eventually('the other one goes on', async () => (await freshAt()) > stopped + 6000 || undefined);
    await isFreshEverywhere();
    hasLostNothing();
  });

  /** From now on answers of Kafka that fit are held back; gives how they go on. */
  function hold(fits: (api: number) => boolean): () => void {
    let goOn = () => undefined as void;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    kafka.onAnswer = async ({ api, answer }) => {
      if (fits(api)) await gate;
      return answer;
    };
    return () => {
      kafka.onAnswer = ({ answer }) => answer;
      goOn();
    };
  }
});

import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { STALE_AFTER_SECONDS } from '#libs/contracts';
import { ProjectionWriter } from '#libs/live-projection';
import { Outbox } from '#libs/session-store';
import { PinoLogger } from 'nestjs-pino';
import Redis from 'ioredis';
import { ConfigResourceTypes } from 'kafkajs';
import { eventually, eventuallyPasses } from '../../../test/given/eventually';
import { KafkaWay } from '../../../test/given/kafka-way';
import { metricsOf } from '../../../test/given/operations';
import { event } from '../../../test/given/producer';
import { RedisPair } from '../../../test/given/redis-pair';
import { GivenLifecycle } from './given-lifecycle';
import { GivenProjection } from './given-projection';

const { KAFKA_BROKERS = '' } = process.env;
const STALE_MS = STALE_AFTER_SECONDS * 1000;
const FETCH = 1;

describe('how fresh the projection is', () => {
  let given: GivenLifecycle;
  let redis: RedisPair;
  let kafka: KafkaWay;
  let app: NestFastifyApplication;
  let projection: GivenProjection;

  beforeAll(async () => {
    redis = await RedisPair.start();
    kafka = await KafkaWay.listen(KAFKA_BROKERS.split(',')[0] ?? '');
    given = await GivenLifecycle.make();
    projection = new GivenProjection(redis.url, given.name, given.source);
    app = await service();
  });
  afterAll(async () => {
    kafka.onAnswer = ({ answer }) => answer;
    await given?.close();
    await projection?.close();
    await kafka?.close();
    await redis?.close();
  });
  afterEach(() => {
    kafka.onAnswer = ({ answer }) => answer;
    jest.restoreAllMocks();
  });

  const service = (env: Record<string, string> = {}) =>
    given.service({ REDIS_URL: redis.url, KAFKA_BROKERS: kafka.address, ...env });

  const growsOld = () =>
    eventuallyPasses('it is stale', async () => expect(await projection.ageMs()).toBeGreaterThan(STALE_MS), 60_000);
  const isFresh = () =>
    eventuallyPasses('it is fresh', async () => expect(await projection.ageMs()).toBeLessThan(STALE_MS / 2), 60_000);
  /** From now on answers that fit are held back; gives how they go on. */
  function hold(fits: (api: number) => boolean): () => void {
    let goOn = () => undefined as void;
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    kafka.onAnswer = async ({ api, answer }) => {
      if (fits(api)) await gate;
      return answer;
    };
    return () => {
      kafka.onAnswer = ({ answer }) => answer;
      goOn();
    };
  }
  async function start(): Promise<string> {
    const id = randomUUID();
    await given.send('sessions', event('session.started.v1', id, { title: 'On air' }));
    return id;
  }
  const recorded = (id: string) =>
    eventuallyPasses('it is recorded', async () =>
      expect(await given.sql('SELECT FROM sessions WHERE id = $1', [id])).toHaveLength(1),
    );

  it('is said, whether something happens or nothing, and measured', async () => {
    await isFresh();
    const before = await projection.freshAt();
    await recorded(await start());
    await eventuallyPasses('it goes on', async () => expect(await projection.freshAt()).toBeGreaterThan(before));
    await isFresh();
    const [, age] = /^marquee_fresh_seconds (\S+)$/m.exec(await metricsOf(app)) ?? [];
    expect(Number(age)).toBeLessThan(STALE_AFTER_SECONDS);
  });

  it('is old while Kafka does not answer', async () => {
    const goOn = hold(() => true);
    await growsOld();
    goOn();
    await isFresh();
  });

  it('is old while the ingest is behind', async () => {
    await isFresh();
    const goOn = hold((api) => api === FETCH);
    const id = await start();
    await growsOld();
    expect(await given.sql('SELECT FROM sessions WHERE id = $1', [id])).toEqual([]);
    goOn();
    await recorded(id);
    await isFresh();
  });

  it.each(['sessions', 'viewers', 'directory'] as const)('is old while %s is not read', async (topic) => {
    await isFresh();
    // Slices of the other topics go on.
    const holder = given.source.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT FROM ingest_progress WHERE topic = $1 FOR UPDATE', [given.topic(topic)]);
    await given.send(
      topic,
      {
        sessions: event('session.started.v1', randomUUID(), { title: 'On air' }),
        viewers: event('viewers.counted.v1', randomUUID(), { viewer_count: 7 }),
        directory: event('room.changed.v1', randomUUID(), { title: 'A room' }),
      }[topic],
    );
    await growsOld();
    await holder.rollbackTransaction();
    await holder.release();
    await isFresh();
  });

  it.each([
    ['maxmemory', '1', '0'],
    ['min-replicas-to-write', '3', '0'],
  ])('is old while Redis takes no writes (%s), also when nothing happens', async (setting, bad, good) => {
    await isFresh();
    await redis.a.ask.config('SET', setting, bad);
    await growsOld();
    const id = await start();
    await recorded(id);
    await redis.a.ask.config('SET', setting, good);
    await isFresh();
    expect(await projection.differences()).toEqual([]);
  });

  it('is old while something is left in the outbox, however much is told meanwhile', async () => {
    await isFresh();
    const holder = given.source.createQueryRunner();
    await holder.startTransaction();
    const [row] = (await holder.query(
      `INSERT INTO outbox (id, first, entries, sessions, counts, entities)
       SELECT id, id, 1, ARRAY[gen_random_uuid()], '{}', '{}' FROM nextval('outbox_id') AS id RETURNING id`,
    )) as { id: string }[];
    await holder.commitTransaction();
    await holder.startTransaction();
    await holder.query('SELECT FROM outbox WHERE id = $1 FOR UPDATE', [row?.id]);
    const asked = await projection.freshAt();
    await recorded(await start());
    await growsOld();
    // What had been read from Kafka before the row was noted may have been told since.
    expect((await projection.freshAt()) - asked).toBeLessThan(STALE_MS);
    await holder.rollbackTransaction();
    await holder.release();
    await isFresh();
  });

  it('is not held up by a marker of a transaction at the end of the log', async () => {
    await given.sendTogether('sessions', event('session.started.v1', randomUUID(), { title: 'Together' }));
    await eventuallyPasses('it was passed', async () => {
      const [at] = await given.sql<{ next: string }>(
        `SELECT next_offset::text AS next FROM ingest_progress WHERE topic = $1`,
        [given.topic('sessions')],
      );
      const [end] = await given.admin.fetchTopicOffsets(given.topic('sessions'));
      expect(at?.next).toBe(end?.high);
    });
    await isFresh();
  });

  it('never falls with two processes, whichever of them ends', async () => {
    const another = await service();
    const seen: number[] = [];
    const collect = async (count: number) =>
      eventually('it was looked at', async () => {
        seen.push(await projection.freshAt());
        return seen.length >= count || undefined;
      });
    await collect(40);
    await given.stop(app);
    await collect(80);
    await isFresh();
    app = await service();
    await given.stop(another);
    await collect(120);
    await isFresh();
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? Infinity);
  });

  it('is old when the service has stopped', async () => {
    await isFresh();
    await given.stop(app);
    await growsOld();
    const id = await start();
    app = await service();
    await recorded(id);
    await isFresh();
    expect(await projection.differences()).toEqual([]);
  });

  it.each([
    ['ahead', 30 * 60_000, 'marquee_broker_clock_skew_seconds{topic="%"} 1[78]'],
    ['behind', -30 * 60_000, 'marquee_broker_clock_skew_seconds{topic="%"} -1[78]'],
  ])('does not go by a broker’s clock that has jumped %s, and it is named', async (_, jumpMs, metric) => {
    const warn = jest.spyOn(PinoLogger.prototype, 'warn');
    const info = jest.spyOn(PinoLogger.prototype, 'info');
    const name = given.topic('viewers');
    // As a broker with a wrong clock would write it.
    const writtenBy = (clock: 'CreateTime' | 'LogAppendTime') =>
      given.admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name,
            configEntries: [{ name: 'message.timestamp.type', value: clock }],
          },
        ],
      });
    await isFresh();
    await writtenBy('CreateTime');
    const count = () => event('viewers.counted.v1', randomUUID(), { viewer_count: 7 });
    await eventuallyPasses('it is named', async () => {
      await given.sendAt('viewers', Date.now() + jumpMs, count());
      expect(await metricsOf(app)).toMatch(new RegExp(metric.replace('%', name.replaceAll('.', '\\.')), 'm'));
    });
    expect(warn).toHaveBeenCalledWith(
      expect.objectContaining({ topic: name }),
      'the broker’s clock and Redis’ clock differ: one of them has jumped',
    );
    await isFresh();
    const goOn = hold((api) => api === FETCH);
    await given.sendAt('viewers', Date.now() + jumpMs, count());
    await growsOld();
    goOn();
    await isFresh();
    await writtenBy('LogAppendTime');
    await eventuallyPasses('it is right again', async () => {
      await given.send('viewers', count());
      expect(info).toHaveBeenCalledWith(
        expect.objectContaining({ topic: name }),
        'the broker’s clock and Redis’ clock agree',
      );
    });
  });

  it('does not go by what was recorded before the record went back', async () => {
    await isFresh();
    const name = given.topic('sessions');
    const offset = async () => {
      const [row] = await given.sql<{ next: string }>(
        'SELECT next_offset::text AS next FROM ingest_progress WHERE topic = $1',
        [name],
      );
      return Number(row?.next);
    };
    const backup = await offset();
    const lost = await start();
    await recorded(lost);
    await eventuallyPasses('it has passed it', async () => expect(await offset()).toBeGreaterThan(backup));
    // From here on every look waits for this row.
    const [row] = await given.sql<{ id: string }>(
      `INSERT INTO outbox (id, first, entries, sessions, counts, entities, since)
       SELECT id, id, 1, ARRAY[gen_random_uuid()], '{}', '{}', clock_timestamp() + interval '1 hour'
       FROM nextval('outbox_id') AS id RETURNING id`,
    );
    const goOn = hold((api) => api === FETCH);
    const before = await projection.freshAt();
    await growsOld();
    const stale = await projection.freshAt();
    const after = await offset();
    // As a backup of before the session has it; it is undone, since the consumers do not begin anew.
    await given.sql(
      `WITH gone AS (DELETE FROM outbox), back AS (UPDATE ingest_progress SET next_offset = $1 WHERE topic = $2)
       SELECT setval('outbox_id', $3::bigint - 1)`,
      [backup, name, row?.id],
    );
    const looks = jest.spyOn(Outbox.prototype, 'oldestId');
    await eventuallyPasses('it was looked at', () =>
      Promise.resolve(expect(looks.mock.calls.length).toBeGreaterThan(3)),
    );
    expect(stale).toBe(before);
    expect(await projection.freshAt()).toBe(stale);
    await given.sql(`UPDATE ingest_progress SET next_offset = $1 WHERE topic = $2`, [after, name]);
    goOn();
    await isFresh();
  });

  it('is begun anew where the record went back, and only there', async () => {
    const rebuild = jest.spyOn(ProjectionWriter.prototype, 'rebuild');
    await given.sql(`SELECT setval('projection_epoch', 100)`);
    const memory = new Redis(redis.url);
    await memory.del(`{${given.name}}:meta`);
    memory.disconnect();
    await eventuallyPasses('it is rebuilt', async () => expect(await projection.epoch()).toBe(101));
    expect(rebuild.mock.lastCall?.[2]).toMatchObject({ forgetFresh: false });
    // As a backup of before has it.
    await given.sql(`SELECT setval('projection_epoch', 7)`);
    await given.sql(`UPDATE projection_state SET epoch = 7`);
    await eventuallyPasses('it is rebuilt', async () => expect(await projection.epoch()).toBe(102));
    expect(rebuild.mock.lastCall?.[2]).toMatchObject({ forgetFresh: true });
    await isFresh();
  });
});

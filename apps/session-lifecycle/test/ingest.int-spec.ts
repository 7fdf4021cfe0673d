import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService } from '#libs/service-host';
import { migrateDatabase } from '#tools/migrate';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import Redis from 'ioredis';
import { Kafka, type Producer, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { eventuallyPasses } from '../../../test/given/eventually';
import { event } from '../../../test/given/producer';
import { appModule } from '../src/app.module';
import { lifecycleConfig } from '../src/config';

const { KAFKA_BROKERS = '', DATABASE_URL = '', REDIS_URL = '' } = process.env;

describe('the lifecycle service', () => {
  const redis = new Redis(REDIS_URL, { lazyConnect: true });
  let own: ThrowawayDatabase;
  let name: string;
  let database: Client;
  let app: NestFastifyApplication;
  let producer: Producer;

  beforeAll(async () => {
    own = await throwawayDatabase(DATABASE_URL);
    ({ name } = own);
    database = new Client({ connectionString: own.url });
    const config = lifecycleConfig.parse({
      LOG_LEVEL: 'silent',
      KAFKA_BROKERS,
      KAFKA_TOPIC_PREFIX: name,
      KAFKA_PARTITIONS_SESSIONS: '3',
      DATABASE_URL: own.url,
      REDIS_URL,
      REDIS_HASH_TAG: name,
    });
    await migrateDatabase(own.url);
    app = await createService(appModule(config), {});
    await app.listen(0, '127.0.0.1');
    await database.connect();
    producer = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    await eventuallyPasses('it is ready', async () => expect((await app.inject('/health/ready')).statusCode).toBe(200));
  });

  afterAll(async () => {
    await producer?.disconnect();
    await database?.end();
    await app?.close();
    const keys = await redis.keys(`{${name}}*`);
    if (keys.length > 0) await redis.unlink(...keys);
    redis.disconnect();
    await own?.drop();
  });

  const send = (topic: string, ...events: { subject?: string }[]) =>
    producer.send({
      topic: `${name}.${topic}`,
      acks: -1,
      messages: events.map((one) => ({ key: one.subject, value: JSON.stringify(one) })),
    });
  const stored = async (kind: string, id: string) => {
    const epoch = await redis.hget(`{${name}}:meta`, 'epoch');
    return redis.hget(`{${name}}:${epoch}:${kind}`, id);
  };

  it('brings events into the record and its projection', async () => {
    const [id, room] = [randomUUID(), randomUUID()];
    await send('directory', event('room.changed.v1', room, { title: 'The Patch Bay' }));
    await send('sessions', event('session.started.v1', id, { room_id: room, title: 'On air' }));
    await send('viewers', event('viewers.counted.v1', id, { viewer_count: 41 }));
    await eventuallyPasses('it is in the record and the projection', async () => {
      expect(await stored('sessions', id)).toContain('"title":"On air"');
      expect(await stored('counts', id)).toContain('"viewer_count":41');
      expect(await stored('rooms', room)).toContain('The Patch Bay');
    });
    await send('sessions', event('session.ended.v1', id));
    await eventuallyPasses('it has left the projection', async () => {
      expect(await stored('sessions', id)).toBeNull();
      expect(await stored('counts', id)).toBeNull();
    });
    const { rows } = await database.query('SELECT status, title FROM sessions WHERE id = $1', [id]);
    expect(rows).toEqual([{ status: 'ended', title: 'On air' }]);
  });

  it('rebuilds the projection when it was emptied', async () => {
    const id = randomUUID();
    await send('sessions', event('session.started.v1', id, { title: 'Before' }));
    await eventuallyPasses('it is in the projection', async () => expect(await stored('sessions', id)).not.toBeNull());
    await redis.unlink(...(await redis.keys(`{${name}}*`)));
    const during = randomUUID();
    await send('sessions', event('session.started.v1', during, { title: 'Meanwhile' }));
    await eventuallyPasses('everything is in the projection again', async () => {
      expect(await stored('sessions', id)).not.toBeNull();
      expect(await stored('sessions', during)).not.toBeNull();
    });
  });

  it('quarantines a readable record that it cannot take, and goes on', async () => {
    const [good, odd, after] = [randomUUID(), randomUUID(), randomUUID()];
    await database.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no odd titles'; END $$`,
    );
    await database.query(
      `CREATE TRIGGER odd BEFORE INSERT OR UPDATE ON sessions FOR EACH ROW WHEN (NEW.title = 'Odd one') EXECUTE FUNCTION refuse()`,
    );
    await send(
      'sessions',
      event('session.started.v1', good, { title: 'Good' }),
      event('session.started.v1', odd, { title: 'Odd one' }),
      event('session.started.v1', after, { title: 'After' }),
    );
    await eventuallyPasses('the odd one is quarantined, its neighbours are projected', async () => {
      const { rows } = await database.query(`SELECT reason, error FROM quarantine WHERE key = $1`, [Buffer.from(odd)]);
      expect(rows).toEqual([{ reason: 'bug', error: 'no odd titles' }]);
      expect(await stored('sessions', good)).not.toBeNull();
      expect(await stored('sessions', after)).not.toBeNull();
    });
    await database.query('DROP TRIGGER odd ON sessions');
  });
});

import { randomBytes, randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService } from '#libs/service-host';
import Redis from 'ioredis';
import { Kafka, type Producer, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { AppModule } from '../src/app.module';
import { lifecycleConfig } from '../src/config';

const { KAFKA_BROKERS = '', DATABASE_URL = '', REDIS_URL = '' } = process.env;

async function eventually(expectation: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await expectation();
    } catch (error) {
      if (tries > 600) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

describe('the lifecycle service', () => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const databaseUrl = Object.assign(new URL(DATABASE_URL || 'postgres://x'), { pathname: `/${name}` }).href;
  const redis = new Redis(REDIS_URL, { lazyConnect: true });
  const database = new Client({ connectionString: databaseUrl });
  let app: NestFastifyApplication;
  let producer: Producer;

  const administer = async (statement: string) => {
    const client = new Client({ connectionString: DATABASE_URL });
    await client.connect();
    await client.query(statement);
    await client.end();
  };

  beforeAll(async () => {
    await administer(`CREATE DATABASE ${name}`);
    const config = lifecycleConfig.parse({
      LOG_LEVEL: 'silent',
      KAFKA_BROKERS,
      KAFKA_TOPIC_PREFIX: name,
      KAFKA_PARTITIONS_SESSIONS: '3',
      DATABASE_URL: databaseUrl,
      REDIS_URL,
      REDIS_HASH_TAG: name,
    });
    app = await createService(AppModule.with(config), {});
    await app.listen(0, '127.0.0.1');
    await database.connect();
    producer = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    await eventually(async () => expect((await app.inject('/health/ready')).statusCode).toBe(200));
  }, 60_000);

  afterAll(async () => {
    await producer?.disconnect();
    await database.end();
    await app?.close();
    const keys = await redis.keys(`{${name}}*`);
    if (keys.length > 0) await redis.unlink(...keys);
    redis.disconnect();
    await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });

  const event = (type: string, subject: string, data?: object) => ({
    specversion: '1.0',
    id: randomUUID(),
    source: '/elsewhere',
    type,
    subject,
    time: new Date().toISOString(),
    ...(data && { data }),
  });
  const send = (topic: string, ...events: { subject: string }[]) =>
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
    await eventually(async () => {
      expect(await stored('sessions', id)).toContain('"title":"On air"');
      expect(await stored('counts', id)).toContain('"viewer_count":41');
      expect(await stored('rooms', room)).toContain('The Patch Bay');
    });
    await send('sessions', event('session.ended.v1', id));
    await eventually(async () => {
      expect(await stored('sessions', id)).toBeNull();
      expect(await stored('counts', id)).toBeNull();
    });
    const { rows } = await database.query('SELECT status, title FROM sessions WHERE id = $1', [id]);
    expect(rows).toEqual([{ status: 'ended', title: 'On air' }]);
  });

  it('rebuilds the projection when it was emptied', async () => {
    const id = randomUUID();
    await send('sessions', event('session.started.v1', id, { title: 'Before' }));
    await eventually(async () => expect(await stored('sessions', id)).not.toBeNull());
    await redis.unlink(...(await redis.keys(`{${name}}*`)));
    const during = randomUUID();
    await send('sessions', event('session.started.v1', during, { title: 'Meanwhile' }));
    await eventually(async () => {
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
      `CREATE TRIGGER odd BEFORE UPDATE ON sessions FOR EACH ROW WHEN (NEW.title = 'Odd one') EXECUTE FUNCTION refuse()`,
    );
    await send(
      'sessions',
      event('session.started.v1', good, { title: 'Good' }),
      event('session.started.v1', odd, { title: 'Odd one' }),
      event('session.started.v1', after, { title: 'After' }),
    );
    await eventually(async () => {
      const { rows } = await database.query(`SELECT reason, error FROM quarantine WHERE key = $1`, [Buffer.from(odd)]);
      expect(rows).toEqual([{ reason: 'bug', error: 'no odd titles' }]);
      expect(await stored('sessions', good)).not.toBeNull();
      expect(await stored('sessions', after)).not.toBeNull();
    });
    await database.query('DROP TRIGGER odd ON sessions');
  });
});

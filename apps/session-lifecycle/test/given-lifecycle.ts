import { randomUUID } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createService } from '#libs/service-host';
import { createDataSource, migrate } from '#libs/session-store';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import Redis from 'ioredis';
import { type Admin, Kafka, type Producer, logLevel } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { eventuallyPasses } from '../../../test/given/eventually';
import { appModule } from '../src/app.module';
import { lifecycleConfig } from '../src/config';

const { KAFKA_BROKERS = '', DATABASE_URL = '', REDIS_URL = '' } = process.env;

/** A database, topics and keys of their own; lifecycle services in this process, and somebody who sends to them. */
export class GivenLifecycle {
  readonly admin: Admin;
  private readonly producer: Producer;
  private readonly kafka = new Kafka({ brokers: KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
  private apps: NestFastifyApplication[] = [];

  private constructor(
    private readonly database: ThrowawayDatabase,
    readonly source: DataSource,
  ) {
    this.admin = this.kafka.admin();
    this.producer = this.kafka.producer();
  }

  /** `serverUrl`: of another Postgres than that of all tests. */
  static async make(serverUrl = DATABASE_URL): Promise<GivenLifecycle> {
    const database = await throwawayDatabase(serverUrl);
    const source = await createDataSource({ url: database.url, name: 'given', poolSize: 2 }).initialize();
    await migrate(source);
    const given = new GivenLifecycle(database, source);
    await Promise.all([given.admin.connect(), given.producer.connect()]);
    return given;
  }

  /** Of its database, its topics and its keys. */
  get name(): string {
    return this.database.name;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  topic(name: 'sessions' | 'viewers' | 'directory'): string {
    return `${this.name}.${name}`;
  }

  /** A service that is ready. */
  async service(env: Record<string, string> = {}): Promise<NestFastifyApplication> {
    const app = await this.launch(env);
    await eventuallyPasses('it is ready', async () => expect((await app.inject('/health/ready')).statusCode).toBe(200));
    return app;
  }

  /** A service that may not be ready yet. */
  async launch(
    env: Record<string, string> = {},
    options: { requestLimitMs?: number } = {},
  ): Promise<NestFastifyApplication> {
    const config = lifecycleConfig.parse({
      LOG_LEVEL: 'silent',
      KAFKA_BROKERS,
      KAFKA_TOPIC_PREFIX: this.name,
      KAFKA_PARTITIONS_SESSIONS: '1',
      KAFKA_PARTITIONS_VIEWERS: '1',
      KAFKA_PARTITIONS_DIRECTORY: '1',
      DATABASE_URL: this.database.url,
      REDIS_URL,
      REDIS_HASH_TAG: this.name,
      ...env,
    });
    const app = await createService(appModule(config), options);
    this.apps.push(app);
    await app.listen(0, '127.0.0.1');
    return app;
  }

  async stop(app: NestFastifyApplication): Promise<void> {
    this.apps = this.apps.filter((one) => one !== app);
    await app.close();
  }

  async send(topic: 'sessions' | 'viewers' | 'directory', ...events: object[]): Promise<void> {
    const messages = events.map((one) => ({
      key: (one as { subject?: string }).subject ?? '',
      value: JSON.stringify(one),
    }));
    await this.producer.send({ topic: this.topic(topic), acks: -1, messages });
  }

  /** Sends an event with a broker's time, epoch ms; the topic must take it. */
  async sendAt(topic: 'sessions' | 'viewers' | 'directory', timestamp: number, one: object): Promise<void> {
    const { subject = '' } = one as { subject?: string };
    const messages = [{ key: subject, value: JSON.stringify(one), timestamp: String(timestamp) }];
    await this.producer.send({ topic: this.topic(topic), acks: -1, messages });
  }

  /** Deletes a room, host or preset. */
  async delete(id: string): Promise<void> {
    await this.producer.send({ topic: this.topic('directory'), acks: -1, messages: [{ key: id, value: null }] });
  }

  /** Sends records that may be anything. */
  async sendRaw(topic: 'sessions' | 'viewers' | 'directory', ...values: (Buffer | string | null)[]): Promise<void> {
    const messages = values.map((value) => ({ key: randomUUID(), value }));
    await this.producer.send({ topic: this.topic(topic), acks: -1, messages });
  }

  /** Sends events in one transaction: a marker follows them. */
  async sendTogether(topic: 'sessions', ...events: object[]): Promise<void> {
    const id = randomUUID();
    const producer = this.kafka.producer({ transactionalId: id, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    const messages = events.map((one) => ({
      key: (one as { subject?: string }).subject ?? '',
      value: JSON.stringify(one),
    }));
    await transaction.send({ topic: this.topic(topic), messages });
    await transaction.commit();
    await producer.disconnect();
  }

  /** Resolves when all that lies in Kafka is recorded. */
  async taken(): Promise<void> {
    await eventuallyPasses('all is recorded', async () => {
      for (const name of ['sessions', 'viewers', 'directory'] as const) {
        const [bounds] = await this.admin.fetchTopicOffsets(this.topic(name));
        const [row] = await this.sql<{ next_offset: string }>(
          'SELECT next_offset FROM ingest_progress WHERE topic = $1 AND partition = 0',
          [this.topic(name)],
        );
        expect(row?.next_offset).toBe(bounds?.high);
      }
    });
  }

  /** Resolves when Redis was told of all that is recorded. */
  async toldAll(): Promise<void> {
    await eventuallyPasses('Redis is told', async () => expect(await this.sql('SELECT id FROM outbox')).toEqual([]));
  }

  /** After its schema was thrown away. */
  async migrated(): Promise<void> {
    await migrate(this.source);
  }

  async sql<R>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.source.query(text, values)) as R[];
  }

  async close(): Promise<void> {
    await Promise.all(this.apps.map((app) => app.close()));
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()]);
    await this.source.destroy();
    await this.database.drop();
    const redis = new Redis(REDIS_URL);
    const keys = await redis.keys(`{${this.name}*`);
    if (keys.length > 0) await redis.unlink(...keys);
    redis.disconnect();
  }
}

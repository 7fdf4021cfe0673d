import { randomBytes, randomUUID } from 'node:crypto';
import { type TopicName, readEvent } from '#libs/contracts';
import { ProjectionWriter } from '#libs/live-projection';
import { type ReferenceKind, SessionStore, createDataSource, migrate } from '#libs/session-store';
import Redis from 'ioredis';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';

const EVIDENCE = { bad: [], progress: null };

/** An event as producers write it. */
export function event(type: string, subject: string, data?: object, time = Date.now()): object {
  const attributes = { specversion: '1.0', id: randomUUID(), source: '/studio', type, subject };
  return { ...attributes, time: new Date(time).toISOString(), ...(data && { data }) };
}

/** A record and a projection of their own, filled with events the way the lifecycle service does it. */
export class GivenPlatform {
  private offset = 0;

  private constructor(
    readonly name: string,
    readonly databaseUrl: string,
    readonly redisUrl: string,
    private readonly source: DataSource,
    private readonly store: SessionStore,
    private readonly writer: ProjectionWriter,
  ) {}

  /** On the servers of the test run, or on a Redis of the test's own. */
  static async make(redisUrl = process.env['REDIS_URL'] ?? ''): Promise<GivenPlatform> {
    const name = `query_${randomBytes(6).toString('hex')}`;
    await administer(`CREATE DATABASE ${name}`);
    const databaseUrl = Object.assign(new URL(process.env['DATABASE_URL'] ?? ''), { pathname: `/${name}` }).href;
    const source = createDataSource({ url: databaseUrl, name: 'given' });
    await source.initialize();
    await migrate(source);
    const writer = new ProjectionWriter({ url: redisUrl, tag: name });
    await writer.ping();
    const platform = new GivenPlatform(name, databaseUrl, redisUrl, source, new SessionStore(source), writer);
    await platform.rebuild();
    return platform;
  }

  async close(): Promise<void> {
    await this.writer.close();
    await this.source.destroy();
    await administer(`DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
    await this.forgetProjection().catch(() => undefined);
  }

  async rebuild(): Promise<void> {
    await this.writer.rebuild(await this.store.nextEpoch(), this.store.pages());
  }

  /** Records sessions' events, and projects what became of them. */
  async sessions(...sent: object[]): Promise<void> {
    const read = sent.map((one) => this.read('sessions', one));
    const events = read.map(({ event, at, origin }) => ({ event, at, origin, fact: { ...event, at } }));
    await this.writer.write(await this.store.recordSessionSlice(events, EVIDENCE, Date.now()));
  }

  async viewers(...sent: object[]): Promise<void> {
    const counts = sent.map((one) => {
      const { event, at } = this.read('viewers', one);
      const { id, source, sequence, subject, data } = event;
      return { subject, at, id, source, sequence: sequence ?? '0', viewer_count: data.viewer_count };
    });
    await this.writer.write(await this.store.recordViewerSlice(counts, EVIDENCE));
  }

  async directory(...sent: object[]): Promise<void> {
    const facts = sent.map((one) => {
      const { event, at, origin } = this.read('directory', one);
      const kind = event.type.split('.')[0] as ReferenceKind;
      const fact = { id: event.subject, kind, at, offset: origin.place.offset, state: event.data };
      return { fact, loggable: { event, at, origin } };
    });
    await this.writer.write(await this.store.recordDirectorySlice(facts, EVIDENCE, Date.now()));
  }

  /** Takes this platform's keys out of Redis, as an emptied Redis would lack them. */
  async forgetProjection(): Promise<void> {
    const redis = new Redis(this.redisUrl, { maxRetriesPerRequest: 1, retryStrategy: null });
    redis.on('error', () => undefined);
    try {
      const keys = await redis.keys(`{${this.name}}*`);
      if (keys.length > 0) await redis.unlink(...keys);
    } finally {
      redis.disconnect();
    }
  }

  async sql(text: string, values: unknown[] = []): Promise<unknown> {
    return this.source.query(text, values);
  }

  private read<T extends TopicName>(topic: T, sent: object) {
    const key = Buffer.from((sent as { subject: string }).subject);
    const record = { key, value: Buffer.from(JSON.stringify(sent)), headers: {}, timestamp: Date.now() };
    const result = readEvent(topic, record);
    if (!result.ok || result.kind !== 'event') throw new Error(`not an event: ${JSON.stringify(result)}`);
    const place = { topic, partition: 0, offset: String(this.offset++) };
    return { event: result.event, at: result.at, origin: { place, record } };
  }
}

async function administer(text: string): Promise<void> {
  const client = new Client({ connectionString: process.env['DATABASE_URL'] });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

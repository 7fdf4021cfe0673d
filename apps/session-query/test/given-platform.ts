import { randomUUID } from 'node:crypto';
import { type TopicName, readEvent } from '#libs/contracts';
import { ProjectionWriter } from '#libs/live-projection';
import { ProjectionEpochs, type ReferenceKind, SessionStore, createDataSource, migrate } from '#libs/session-store';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import Redis from 'ioredis';
import type { DataSource } from 'typeorm';
import { SaidFresh } from '../../../test/given/said-fresh';

const EVIDENCE = { bad: [], progress: null };

/** An event as producers write it. */
export function event(type: string, subject: string, data?: object, time = Date.now()): object {
  const attributes = { specversion: '1.0', id: randomUUID(), source: '/studio', type, subject };
  return { ...attributes, time: new Date(time).toISOString(), ...(data && { data }) };
}

/** A record and a projection of their own, filled with events the way the lifecycle service does it, and said to be fresh. */
export class GivenPlatform {
  readonly fresh: SaidFresh;
  private offset = 0;

  private constructor(
    private readonly database: ThrowawayDatabase,
    readonly redisUrl: string,
    private readonly source: DataSource,
    private readonly store: SessionStore,
    private readonly writer: ProjectionWriter,
  ) {
    this.fresh = new SaidFresh(writer);
  }

  /** On the servers of the test run, or on a Redis of the test's own. */
  static async make(redisUrl = process.env['REDIS_URL'] ?? ''): Promise<GivenPlatform> {
    const database = await throwawayDatabase(process.env['DATABASE_URL'] ?? '');
    const source = createDataSource({ url: database.url, name: 'given' });
    await source.initialize();
    await migrate(source);
    const writer = new ProjectionWriter({ url: redisUrl, tag: database.name });
    await writer.ping();
    const platform = new GivenPlatform(database, redisUrl, source, new SessionStore(source), writer);
    await platform.rebuild();
    return platform;
  }

  /** Of its database and its keys. */
  get name(): string {
    return this.database.name;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  async close(): Promise<void> {
    await this.fresh.stop();
    await this.writer.close();
    await this.source.destroy();
    await this.database.drop();
    await this.forgetProjection().catch(() => undefined);
  }

  async rebuild(how: { forgetFresh?: boolean } = {}): Promise<void> {
    await this.writer.rebuild(await new ProjectionEpochs(this.source).next(), this.store.pages(), how);
  }

  /** Says once that the projection is fresh up to so many ms after now, by Redis' clock. */
  async saidFresh(afterMs: number): Promise<void> {
    const { position } = await this.writer.inspect();
    if (!position) throw new Error('there is no projection');
    await this.writer.noteFresh(position.epoch, (await this.writer.clock()) + afterMs);
  }

  /** Records sessions' events, and projects what became of them. */
  async sessions(...sent: object[]): Promise<void> {
    const read = sent.map((one) => this.read('sessions', one));
    const events = read.map((one) => ({ ...one, fact: { ...one.event, at: one.at, brokerTime: one.brokerTime } }));
    await this.writer.put((await this.store.recordSessionSlice(events, EVIDENCE)).changes);
  }

  async viewers(...sent: object[]): Promise<void> {
    const counts = sent.map((one) => {
      const { event, at } = this.read('viewers', one);
      const { id, source, sequence, subject, data } = event;
      return { subject, at, id, source, sequence: sequence ?? '0', viewer_count: data.viewer_count };
    });
    await this.writer.put((await this.store.recordViewerSlice(counts, EVIDENCE)).changes);
  }

  async directory(...sent: object[]): Promise<void> {
    const facts = sent.map((one) => {
      const { event, at, brokerTime, origin } = this.read('directory', one);
      const kind = event.type.split('.')[0] as ReferenceKind;
      const fact = { id: event.subject, kind, at, offset: origin.place.offset, state: event.data };
      return { fact, loggable: { event, at, brokerTime, origin } };
    });
    await this.writer.put((await this.store.recordDirectorySlice(facts, EVIDENCE)).changes);
  }

  /** Where the next message will stand. */
  get nextOffset(): string {
    return String(this.offset);
  }

  /** Says that the recording has come to where the next message will stand. */
  async progressed(): Promise<void> {
    await this.sql(
      `INSERT INTO ingest_progress (topic, partition, next_offset) SELECT 'marquee.' || t, 0, $1
       FROM unnest(ARRAY['sessions', 'viewers', 'directory']) t
       ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset`,
      [this.nextOffset],
    );
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
    const place = { topic: `marquee.${topic}`, partition: 0, offset: String(this.offset++) };
    return { event: result.event, at: result.at, brokerTime: result.brokerTime, origin: { place, record } };
  }
}

import { randomUUID } from 'node:crypto';
import { type ProjectionChange, type TopicName, readEvent } from '#libs/contracts';
import type { DataSource } from 'typeorm';
import { IngestProgress, type LogEntry, type ReferenceKind, SessionStore, loggedEvents } from '../src';
import { type TestDatabase, testDatabase } from './database';

const NOTHING = { bad: [], progress: null };
export const NOW = Date.UTC(2026, 10, 24, 12);

export interface Sent {
  subject: string;
  [attribute: string]: unknown;
}

/** An event as producers write it, `at` in epoch ms. */
export function event(type: string, subject: string, data: object = {}, rest: object = {}) {
  const attributes = { specversion: '1.0', id: randomUUID(), source: '/studio', type, subject };
  return { ...attributes, time: new Date(NOW - 60_000).toISOString(), data, ...rest };
}

/** A record of its own; events and tombstones go into it as the lifecycle service puts them. */
export class GivenRecord {
  /** Set back to where a slice began, the next one is its redelivery. */
  nextOffset = 0;
  /** What the broker's clock says when it gets what is sent, epoch ms. */
  brokerNow = NOW;
  private readonly progress: IngestProgress;

  private constructor(
    private readonly database: TestDatabase,
    readonly store: SessionStore,
  ) {
    this.progress = new IngestProgress(database.source);
  }

  static async make(): Promise<GivenRecord> {
    const database = await testDatabase();
    return new GivenRecord(database, new SessionStore(database.source));
  }

  get url(): string {
    return this.database.url;
  }

  get source(): DataSource {
    return this.database.source;
  }

  close(): Promise<void> {
    return this.database.drop();
  }

  async sql<R>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.database.source.query(text, values)) as R[];
  }

  sessions(...sent: Sent[]): Promise<ProjectionChange[]> {
    return this.sessionsAt(() => this.brokerNow, ...sent);
  }

  /** `timestamp`: the broker's of each, epoch ms. */
  async sessionsAt(timestamp: (one: Sent) => number, ...sent: Sent[]): Promise<ProjectionChange[]> {
    const events = sent
      .map((one) => this.read('sessions', one, timestamp(one)))
      .map((one) => ({ ...one, fact: { ...one.event, at: one.at, brokerTime: one.brokerTime } }));
    return (await this.store.recordSessionSlice(events, NOTHING)).changes;
  }

  async viewers(...sent: Sent[]): Promise<ProjectionChange[]> {
    const counts = sent.map((one) => {
      const { event: read, at } = this.read('viewers', one);
      const { subject, sequence, source, id, data } = read;
      return { subject, sequence, source, id, at, viewer_count: data.viewer_count };
    });
    return (await this.store.recordViewerSlice(counts, NOTHING)).changes;
  }

  /** The same as a consumer gets it that goes back to a place. */
  redelivered(from: number, ...sent: (Sent | string)[]): Promise<ProjectionChange[]> {
    this.nextOffset = from;
    return this.directory(...sent);
  }

  /** Events, and ids of entities that are deleted. */
  async directory(...sent: (Sent | string)[]): Promise<ProjectionChange[]> {
    const facts = sent.map((one) => {
      if (typeof one === 'string') {
        const fact = { id: one, kind: null, at: NOW * 1000 + 999, offset: String(this.nextOffset++), state: null };
        return { fact, loggable: null };
      }
      const { event: read, at, brokerTime, origin } = this.read('directory', one);
      const kind = read.type.split('.')[0] as ReferenceKind;
      const fact = { id: read.subject, kind, at, offset: origin.place.offset, state: read.data };
      return { fact, loggable: { event: read, at, brokerTime, origin } };
    });
    const place = { topic: 't.directory', partition: 0 };
    await this.progress.begin(place.topic, place.partition, '0');
    const progress = { ...place, fromOffset: '0', nextOffset: String(this.nextOffset), brokerTime: NOW };
    return (await this.store.recordDirectorySlice(facts, { bad: [], progress })).changes;
  }

  /** What the log has of a session. */
  logged(id: string): Promise<LogEntry[]> {
    return loggedEvents(this.database.source, id, 1000);
  }

  /** Reasons of what is in quarantine of one key, in the order of the places. */
  async quarantined(subject: string): Promise<string[]> {
    const rows = await this.sql<{ reason: string }>(`SELECT reason FROM quarantine WHERE key = $1 ORDER BY "offset"`, [
      Buffer.from(subject),
    ]);
    return rows.map(({ reason }) => reason);
  }

  private read<T extends TopicName>(topic: T, sent: Sent, timestamp = this.brokerNow) {
    const key = Buffer.from(sent.subject);
    const record = { key, value: Buffer.from(JSON.stringify(sent)), headers: {}, timestamp };
    const read = readEvent(topic, record);
    if (!read.ok || read.kind !== 'event') throw new Error(`not readable: ${JSON.stringify(read)}`);
    const place = { topic: `t.${topic}`, partition: 0, offset: String(this.nextOffset++) };
    return { event: read.event, at: read.at, brokerTime: read.brokerTime, origin: { place, record } };
  }
}

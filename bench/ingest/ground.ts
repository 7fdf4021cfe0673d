import { randomBytes } from 'node:crypto';
import { throwawayDatabase } from '#tools/stack';
import { Client } from 'pg';
import type { Arena } from '../machinery/arena';
import type { Contestant, Measured } from '../machinery/course';
import { drain } from './drain';
import { Marquee, type RunningLifecycle } from './marquee';
import type { Sql } from './sql';
import { type GivenEvent, type GroupOffsets, TopicLog, sumOf } from './topic-log';

export const BARE = 'bare kafkajs';
export const USUAL = 'the usual way';
export const FLOOR = 'the durable floor';

/** Somebody else who consumes the same backlog, into a database that is empty before. */
export interface Peer {
  name: string;
  script: string;
  env?: Record<string, string>;
  /** After how many events it has shown its rate; without it, it takes all. */
  events?: number;
  /** Throws when its database does not hold what went in. */
  verify?: (sql: Sql, events: number) => Promise<void>;
}

/** A backlog in a topic of Kafka that everybody consumes, and the state that our service begins with each time. */
export class IngestGround {
  /** How many are in the backlog. */
  events = 0;
  private known: GroupOffsets = [];

  private constructor(
    readonly arena: Arena,
    readonly marquee: Marquee,
    readonly log: TopicLog,
    private readonly topic: 'sessions' | 'viewers',
  ) {}

  /** `topic`: the one that the backlog is in. */
  static async open(arena: Arena, topic: 'sessions' | 'viewers'): Promise<IngestGround> {
    return new IngestGround(arena, await Marquee.on(arena), await TopicLog.connect(arena.kafkaBrokers), topic);
  }

  /** Runs the service while `work` brings in what is known before; every run begins with what came of it. */
  async prepare(work: (running: RunningLifecycle) => Promise<void>): Promise<void> {
    await this.marquee.prepare(work);
    this.known = await this.log.offsets(this.marquee.group(this.topic), this.marquee.topic(this.topic));
  }

  /** Within `prepare`: resolves when the service has taken these events. */
  async bringIn(
    { process }: RunningLifecycle,
    topic: 'sessions' | 'viewers',
    events: Iterable<GivenEvent>,
  ): Promise<void> {
    const [group, name] = [this.marquee.group(topic), this.marquee.topic(topic)];
    const before = await this.log.committed(group, name);
    const until = before + (await this.log.fill(name, events));
    await drain({ ...this.watching(process), progress: () => this.log.committed(group, name), until });
  }

  /** After `prepare`. */
  async send(events: Iterable<GivenEvent>): Promise<void> {
    this.events += await this.log.fill(this.marquee.topic(this.topic), events);
  }

  /** Our service, before the backlog. */
  async start(): Promise<RunningLifecycle> {
    await this.rewind(this.marquee.group(this.topic));
    return this.marquee.start();
  }

  /** Resolves when our service has taken the backlog: a commit comes after Postgres and Redis have taken the slice. */
  async drain({ process }: RunningLifecycle): Promise<Measured> {
    const before = sumOf(this.known);
    const progress = async () => (await this.committed()) - before;
    return drain({ ...this.watching(process), progress, until: this.events });
  }

  /** How many events of the topic our service has taken, with those that were known before. */
  async committed(): Promise<number> {
    return this.log.committed(this.marquee.group(this.topic), this.marquee.topic(this.topic));
  }

  bare(): Contestant {
    const run = () => this.consumedBy('bench/ingest/peers/bare-kafkajs/main.js', {}, this.events);
    return { name: BARE, run };
  }

  peer({ name, script, env, events, verify }: Peer): Contestant {
    const run = async (): Promise<Measured> => {
      const until = Math.min(events ?? this.events, this.events);
      const database = await throwawayDatabase(this.arena.postgresUrl);
      try {
        const measured = await this.consumedBy(script, { ...env, DATABASE_URL: database.url }, until);
        if (verify) await asking(database.url, (sql) => verify(sql, until));
        return measured;
      } finally {
        await database.drop();
      }
    };
    return { name, run };
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.marquee.close();
  }

  /** A peer has a group of its own in each run, and tells how many events it has applied. */
  private async consumedBy(script: string, env: Record<string, string>, until: number): Promise<Measured> {
    const group = `peer-${randomBytes(6).toString('hex')}`;
    await this.rewind(group);
    const { kafkaBrokers } = this.arena;
    const given = { ...env, KAFKA_BROKERS: kafkaBrokers, TOPIC: this.marquee.topic(this.topic), GROUP: group };
    const process = this.arena.start(script, given);
    try {
      return await drain({ ...this.watching(process), progress: async () => process.told, until });
    } finally {
      await process.stop();
    }
  }

  /** To where the backlog begins. */
  private async rewind(group: string): Promise<void> {
    await this.log.rewind(group, this.marquee.topic(this.topic), this.known);
  }

  private watching(process: RunningLifecycle['process']) {
    return { serverCpuSeconds: this.arena.serverCpuSeconds, cpuSeconds: () => process.cpuSeconds() };
  }
}

async function asking(url: string, work: (sql: Sql) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(
      async <R extends object>(text: string, values: unknown[] = []) => (await client.query<R>(text, values)).rows,
    );
  } finally {
    await client.end();
  }
}

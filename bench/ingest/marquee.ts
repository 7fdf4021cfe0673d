import { migrateDatabase } from '#tools/migrate';
import { type ServicePlace, type ThrowawayDatabase, freeServicePlace, throwawayDatabase } from '#tools/stack';
import { Client } from 'pg';
import type { Arena } from '../machinery/arena';
import type { ContestantProcess } from '../machinery/contestant-process';
import { KeptProjection } from './kept-projection';
import type { Sql } from './sql';

const READY_WITHIN_MS = 60_000;
const INSUFFICIENT_PRIVILEGE = '42501';

/** A session-lifecycle process at work. */
export interface RunningLifecycle {
  process: ContestantProcess;
  /** What another service is given that reads the same. */
  env: Record<string, string>;
  /** Of the record, for who asks it from another process. */
  databaseUrl: string;
  /** Asks the record. */
  sql: Sql;
  /** Ends the process; the record can still be asked. */
  end: () => Promise<void>;
  stop: () => Promise<void>;
}

/**
 * The session-lifecycle service as it runs in production, started again and again from the same state: the record is a
 * copy of a template database, the projection of kept keys.
 */
export class Marquee {
  readonly projection: KeptProjection;

  private constructor(
    private readonly arena: Arena,
    private readonly template: ThrowawayDatabase,
  ) {
    this.projection = new KeptProjection(arena.redisUrl, template.name);
  }

  static async on(arena: Arena): Promise<Marquee> {
    const template = await throwawayDatabase(arena.postgresUrl);
    await migrateDatabase(template.url);
    return new Marquee(arena, template);
  }

  topic(name: string): string {
    return `${this.template.name}.${name}`;
  }

  group(name: string): string {
    return `${this.template.name}.lifecycle.${name}`;
  }

  /** Starts it on the kept state itself, does some work, and keeps what came of it: every later run begins with that. */
  async prepare(work: (running: RunningLifecycle) => Promise<void>): Promise<void> {
    const { place, running } = await this.launch(this.template, this.template.url);
    try {
      await ready(place, running.process);
      // What is kept half built would be waited for in every run.
      await this.projection.stands();
      await work(running);
    } finally {
      await running.stop();
    }
    await this.projection.keep();
  }

  /** Starts it on a copy of the kept state; resolves at once. `way`: how the service gets to Postgres. */
  async start(way = (url: string) => url): Promise<RunningLifecycle> {
    await this.projection.restore();
    const copy = await throwawayDatabase(this.arena.postgresUrl, this.template.name);
    await checkpoint(copy.url);
    const { running } = await this.launch(copy, way(copy.url));
    const stop = async () => {
      await running.stop();
      await copy.drop();
    };
    return { ...running, stop };
  }

  async close(): Promise<void> {
    await this.projection.close();
    await this.template.drop();
  }

  private async launch(
    database: ThrowawayDatabase,
    serviceUrl: string,
  ): Promise<{ place: ServicePlace; running: RunningLifecycle }> {
    const place = await freeServicePlace();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const env = {
      DATABASE_URL: serviceUrl,
      REDIS_URL: this.arena.redisUrl,
      REDIS_HASH_TAG: this.template.name,
    };
    const process = this.arena.start('apps/session-lifecycle/src/main.js', {
      ...env,
      ...place.env,
      KAFKA_BROKERS: this.arena.kafkaBrokers,
      KAFKA_TOPIC_PREFIX: this.template.name,
    });
    const running: RunningLifecycle = {
      process,
      env,
      databaseUrl: database.url,
      sql: async <R extends object>(text: string, values: unknown[] = []) => (await client.query<R>(text, values)).rows,
      end: () => process.stop(),
      stop: async () => {
        await client.end();
        await process.stop();
      },
    };
    return { place, running };
  }
}

/** What was written by making the copy is not left for the run to write out; where the role may not say so, it is. */
async function checkpoint(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CHECKPOINT');
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
  } finally {
    await client.end();
  }
}

/** Resolves when a service can work; throws when it has ended, or takes too long. */
export async function ready(
  { operationsUrl }: Pick<ServicePlace, 'operationsUrl'>,
  process: ContestantProcess,
): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    process.cpuSeconds();
    const answer = await fetch(`${operationsUrl}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`it does not get ready: ${(await answer?.text()) ?? 'no answer'}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import { migrateDatabase } from '#tools/migrate';
import { type ThrowawayDatabase, throwawayDatabase } from '#tools/stack';
import { Client } from 'pg';
import { type AppName, Service } from './service';

export interface Dependencies {
  kafkaBrokers: string;
  postgresUrl: string;
  redisUrl: string;
}

/** The stack that the test run stands on. */
export function sharedStack(): Dependencies {
  const { KAFKA_BROKERS, DATABASE_URL, REDIS_URL } = process.env;
  if (!KAFKA_BROKERS || !DATABASE_URL || !REDIS_URL) throw new Error('the stack is not up');
  return { kafkaBrokers: KAFKA_BROKERS, postgresUrl: DATABASE_URL, redisUrl: REDIS_URL };
}

export const API_KEY = 'a key for tests';

/**
 * A whole Marquee of its own on a stack: its own database, topics and Redis keys, three processes. `close` ends the
 * processes and drops the database.
 */
export class Marquee {
  private constructor(
    readonly on: Dependencies,
    private readonly database: ThrowawayDatabase,
    private readonly env: Record<string, string>,
    readonly lifecycle: Service,
    readonly query: Service,
    readonly gateway: Service,
  ) {}

  /** `more`: configuration of all three services. */
  static async on(on: Dependencies, more: Record<string, string> = {}): Promise<Marquee> {
    const database = await throwawayDatabase(on.postgresUrl);
    await migrateDatabase(database.url);
    const { name, url: databaseUrl } = database;
    const env = {
      KAFKA_BROKERS: on.kafkaBrokers,
      KAFKA_TOPIC_PREFIX: name,
      DATABASE_URL: databaseUrl,
      REDIS_URL: on.redisUrl,
      REDIS_HASH_TAG: name,
      API_KEY,
      ...more,
    };
    const lifecycle = await Service.of('session-lifecycle', env);
    const gateway = await Service.of('session-gateway', env);
    // The board of the query service is told where the others are.
    const query = await Service.of('session-query', { GATEWAY_URL: gateway.url, EVENTS_URL: lifecycle.url, ...env });
    return new Marquee(on, database, env, lifecycle, query, gateway);
  }

  /** Of its database, its topics and its keys. */
  get name(): string {
    return this.database.name;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** One more process beside its own, not yet started; who asks for it ends it. */
  async another(app: AppName): Promise<Service> {
    return Service.of(app, this.env);
  }

  get services(): Service[] {
    return [this.lifecycle, this.query, this.gateway];
  }

  async start(): Promise<void> {
    await this.lifecycle.start();
    await Promise.all([this.query.start(), this.gateway.start()]);
  }

  async stop(signal?: NodeJS.Signals): Promise<(number | null)[]> {
    return Promise.all(this.services.map((service) => service.stop(signal)));
  }

  async close(): Promise<void> {
    await this.stop();
    await this.database.drop();
  }

  topic(name: 'sessions' | 'viewers' | 'directory'): string {
    return `${this.name}.${name}`;
  }

  /** Asks this Marquee's own database. */
  async sql<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return (await client.query<R>(text, values)).rows;
    } finally {
      await client.end();
    }
  }
}

import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { Service } from './service';

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
    readonly name: string,
    readonly on: Dependencies,
    readonly databaseUrl: string,
    readonly lifecycle: Service,
    readonly query: Service,
    readonly gateway: Service,
  ) {}

  static async on(on: Dependencies): Promise<Marquee> {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await administer(on, `CREATE DATABASE ${name}`);
    const databaseUrl = Object.assign(new URL(on.postgresUrl), { pathname: `/${name}` }).href;
    const env = {
      KAFKA_BROKERS: on.kafkaBrokers,
      KAFKA_TOPIC_PREFIX: name,
      DATABASE_URL: databaseUrl,
      REDIS_URL: on.redisUrl,
      REDIS_HASH_TAG: name,
      API_KEY,
    };
    return new Marquee(
      name,
      on,
      databaseUrl,
      await Service.of('session-lifecycle', env),
      await Service.of('session-query', env),
      await Service.of('session-gateway', env),
    );
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
    await administer(this.on, `DROP DATABASE IF EXISTS ${this.name} WITH (FORCE)`);
  }

  topic(name: 'sessions' | 'viewers' | 'directory'): string {
    return `${this.name}.${name}`;
  }

  /** Asks this Marquee's own database. */
  async sql<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    return ask<R>(this.databaseUrl, text, values);
  }
}

async function administer(on: Dependencies, text: string): Promise<void> {
  await ask(on.postgresUrl, text, []);
}

async function ask<R extends object>(url: string, text: string, values: unknown[]): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}

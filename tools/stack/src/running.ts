import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './root';

/** What a running `npm start` says of itself in `.marquee/stack.json`. */
export interface RunningMarquee {
  kafka_brokers: string[];
  postgres_url: string;
  redis_url: string;
  query_url: string;
  gateway_url: string;
  lifecycle_url: string;
  /** Where `/metrics` and the details of `/health/ready` are. */
  operations_urls: { query: string; gateway: string; lifecycle: string };
  /** Reads all, and opens /admin. */
  admin_key: string;
}

export function runningMarquee(): RunningMarquee | undefined {
  const file = join(repositoryRoot(), '.marquee', 'stack.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunningMarquee) : undefined;
}

/** The database that is meant: $DATABASE_URL, else that of a running `npm start`. Throws when there is neither. */
export function meantDatabaseUrl(env: { DATABASE_URL?: string } = process.env): string {
  const url = env.DATABASE_URL || runningMarquee()?.postgres_url;
  if (url) return url;
  throw new Error('no database is named: set DATABASE_URL, or start Marquee with npm start');
}

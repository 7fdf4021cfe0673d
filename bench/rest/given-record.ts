import { ProjectionWriter } from '#libs/live-projection';
import {
  ProjectionEpochs,
  SessionStore,
  countTotalsAnew,
  createDataSource,
  foldTextsAnew,
  migrate,
} from '#libs/session-store';
import { throwawayDatabase } from '#tools/stack';
import { Client } from 'pg';
import { SaidFresh } from '../../test/given/said-fresh';
import { KeptProjection } from '../ingest/kept-projection';
import type { Arena } from '../machinery/arena';
import { type Sizes, recordOf } from './record-sql';

/** A record of so many sessions, and its projection, as the lifecycle service leaves them; it is said to be fresh. */
export interface GivenRecord {
  databaseUrl: string;
  /** What a service is given that reads them. */
  env: Record<string, string>;
  close: () => Promise<void>;
}

export async function givenRecord(arena: Arena, sizes: Sizes): Promise<GivenRecord> {
  arena.say(`recording ${sizes.sessions} sessions`);
  const { redisUrl, postgresUrl } = arena;
  const { name, url, drop } = await throwawayDatabase(postgresUrl);
  await write(url, sizes);
  await project(url, { url: redisUrl, tag: name });
  const writer = new ProjectionWriter({ url: redisUrl, tag: name });
  const fresh = new SaidFresh(writer);
  return {
    databaseUrl: url,
    env: { DATABASE_URL: url, REDIS_URL: redisUrl, REDIS_HASH_TAG: name },
    close: async () => {
      await fresh.stop();
      await writer.close();
      await new KeptProjection(redisUrl, name).close();
      await drop();
    },
  };
}

async function write(url: string, sizes: Sizes): Promise<void> {
  const source = await createDataSource({ url, name: 'bench' }).initialize();
  await migrate(source);
  await execute(url, recordOf(sizes));
  // What the lifecycle service writes beside the rows.
  await countTotalsAnew(source);
  await source.query('UPDATE text_folding SET version = 0');
  await foldTextsAnew(source);
  await source.destroy();
  await execute(url, ['VACUUM ANALYZE']);
}

/** By a connection that waits as long as it takes. */
export async function execute(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Writes the projection of a record. */
export async function project(databaseUrl: string, projection: { url: string; tag: string }): Promise<void> {
  const source = await createDataSource({ url: databaseUrl, name: 'bench' }).initialize();
  const writer = new ProjectionWriter(projection);
  try {
    await writer.ping();
    const store = new SessionStore(source);
    await writer.rebuild(await new ProjectionEpochs(source).next(), store.pages());
  } finally {
    await writer.close();
    await source.destroy();
  }
}

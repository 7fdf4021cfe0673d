import { DataSource } from 'typeorm';
import { QuarantineRow, ReferenceRow, SessionCountsRow, SessionRow } from './entities';
import { First1764000000000 } from './migrations/1764000000000-first';
import { Lists1764100000000 } from './migrations/1764100000000-lists';
import { ApiKeys1764400000000 } from './migrations/1764400000000-api-keys';
import { ProjectionOwed1764450000000 } from './migrations/1764450000000-projection-owed';
import { IngestWatched1764600000000 } from './migrations/1764600000000-ingest-watched';

/** Any number that no other use of advisory locks in this database has. */
const MIGRATION_LOCK = 7_215_000_001;

export interface StoreOptions {
  url: string;
  /** For `pg_stat_activity`. */
  name: string;
  poolSize?: number;
}

/** A pool of connections to the record, not yet connected. */
export function createDataSource({ url, name, poolSize = 8 }: StoreOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: name,
    poolSize,
    connectTimeoutMS: 3000,
    entities: [SessionRow, SessionCountsRow, ReferenceRow, QuarantineRow],
    migrations: [
      First1764000000000,
      Lists1764100000000,
      ApiKeys1764400000000,
      ProjectionOwed1764450000000,
      IngestWatched1764600000000,
    ],
    migrationsTransactionMode: 'all',
    // A connection that hangs is a connection that is gone: the statement limit frees whoever waits for it.
    extra: { statement_timeout: 30_000, query_timeout: 35_000, keepAlive: true },
    poolErrorHandler: () => {},
    logging: false,
  });
}

/** Brings the schema up to date; several processes may call it at once. Gives the names of what was run. */
export async function migrate(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      return (await source.runMigrations()).map((migration) => migration.name);
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    }
  } finally {
    await runner.release();
  }
}

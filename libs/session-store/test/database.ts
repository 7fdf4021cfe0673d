import { throwawayDatabase } from '#tools/stack';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate } from '../src';

export interface TestDatabase {
  source: DataSource;
  url: string;
  drop(): Promise<void>;
}

/** A migrated database of its own on the stack that the tests run on. */
export async function testDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const { url, drop } = await throwawayDatabase(process.env['DATABASE_URL'] ?? '');
  const source = await createDataSource({ url, name: 'test' }).initialize();
  if (migrated) await migrate(source);
  return {
    source,
    url,
    async drop() {
      await source.destroy();
      await drop();
    },
  };
}

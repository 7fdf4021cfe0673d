import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate } from '../src';

export interface TestDatabase {
  source: DataSource;
  url: string;
  drop(): Promise<void>;
}

/** A migrated database of its own on the stack that the tests run on. */
export async function testDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const admin = process.env['DATABASE_URL'] ?? '';
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(admin, `CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(admin), { pathname: `/${name}` }).href;
  const source = await createDataSource({ url, name: 'test' }).initialize();
  if (migrated) await migrate(source);
  return {
    source,
    url,
    async drop() {
      await source.destroy();
      await administer(admin, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

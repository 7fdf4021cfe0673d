import { countTotalsAnew, createDataSource, foldTextsAnew, migrate } from '#libs/session-store';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { KeptProjection } from '../ingest/kept-projection';
import type { Arena } from '../machinery/arena';
import { type GivenRecord, execute, project } from '../rest/given-record';
import { POOL, REFERENCE_DATA, countsOf, sessionsOf, textsOf } from './history-sql';
import { textPool } from './titles';

/** Tables that lists read and that grow with the past. */
export const GROWING = ['sessions', 'session_texts', 'session_counts'];

/**
 * A record with so many past sessions, written by SQL, and its projection. Its indices are made after its rows. Both stay on
 * their servers: those that are given (DATABASE_URL, REDIS_URL) have them at the next call.
 */
export async function givenHistory(arena: Arena, past: number): Promise<GivenRecord> {
  const name = `history_${past}`;
  const databaseUrl = Object.assign(new URL(arena.postgresUrl), { pathname: `/${name}` }).href;
  if (!(await isMade(databaseUrl))) {
    await execute(arena.postgresUrl, [`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`, `CREATE DATABASE ${name}`]);
    await write(databaseUrl, past, arena.say);
  }
  const projection = new KeptProjection(arena.redisUrl, name);
  if ((await projection.state()).epoch === 0) await project(databaseUrl, { url: arena.redisUrl, tag: name });
  return {
    databaseUrl,
    env: { DATABASE_URL: databaseUrl, REDIS_URL: arena.redisUrl, REDIS_HASH_TAG: name },
    close: async () => projection.leave(),
  };
}

/** Says so in the end. */
async function isMade(url: string): Promise<boolean> {
  try {
    await execute(url, ['SELECT 1 FROM history_made']);
    return true;
  } catch {
    return false;
  }
}

async function write(url: string, past: number, say: (text: string) => void): Promise<void> {
  const began = performance.now();
  const timed = (text: string) =>
    say(`${past} past sessions, ${Math.round((performance.now() - began) / 1000)} s: ${text}`);
  const source = await createDataSource({ url, name: 'bench', answerWithinMs: 7_200_000 }).initialize();
  try {
    await migrate(source);
    await execute(url, REFERENCE_DATA);
    // As long as there are only rooms and hosts: the texts of sessions come folded.
    await source.query('UPDATE text_folding SET version = 0');
    await foldTextsAnew(source);
    await writeRows(url, past, timed);
    await countTotalsAnew(source);
    await source.query('VACUUM ANALYZE');
    await source.query('CREATE TABLE history_made ()');
    timed('vacuumed and analyzed');
  } finally {
    await source.destroy();
  }
}

/** Sessions and counts by one connection, texts and their grams by another: each takes about half of the time. */
async function writeRows(url: string, past: number, say: (text: string) => void): Promise<void> {
  const [one, other] = [await connect(url), await connect(url)];
  try {
    const indices = new Map<string, string[]>();
    for (const table of GROWING) {
      // Nothing of what is read depends on the log of the writes.
      await one.query(`ALTER TABLE ${table} SET UNLOGGED`);
      indices.set(table, await takeIndices(one, table));
    }
    await writePool(one);
    const write = async (client: Client, table: string, insert: string) => {
      await client.query(insert);
      say(`the rows of ${table} are written`);
      for (const index of indices.get(table) ?? []) {
        await client.query(index);
        say(index.slice(0, 90));
      }
    };
    await Promise.all([
      write(one, 'sessions', sessionsOf(past)).then(() => write(one, 'session_counts', countsOf(past))),
      write(other, 'session_texts', textsOf(past)),
    ]);
    await one.query('DROP TABLE history_texts');
  } finally {
    await one.end();
    await other.end();
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `SET maintenance_work_mem = '2GB'; SET work_mem = '512MB'; SET jit = off; SET max_parallel_maintenance_workers = 1`,
  );
  return client;
}

async function writePool(client: Client): Promise<void> {
  await client.query(
    `CREATE UNLOGGED TABLE history_texts (place integer, title text, description text, folded text COLLATE "C", grams text[] COLLATE "C")`,
  );
  await pipeline(Readable.from(poolLines()), client.query(copyFrom('COPY history_texts FROM STDIN')));
  await client.query('ANALYZE history_texts');
}

function* poolLines(): Generator<string> {
  let n = 0;
  for (const { title, description, folded, grams } of textPool(POOL)) {
    const array = `{${grams.map((gram) => `"${gram.replace(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
    const fields = [title, description, folded, array].map((field) => (field === null ? '\\N' : escaped(field)));
    yield `${[++n, ...fields].join('\t')}\n`;
  }
}

function escaped(field: string): string {
  return field.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** Drops the indices and the primary key of a table; gives what makes them again, the key as the last one. */
async function takeIndices(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; key: string | null; definition: string }>(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition,
       CASE WHEN i.indisprimary THEN (SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c WHERE c.conindid = i.indexrelid
         AND c.contype = 'p') END AS key
     FROM pg_index i WHERE i.indrelid = $1::regclass ORDER BY i.indisprimary`,
    [table],
  );
  for (const { name, key } of rows) {
    await client.query(key === null ? `DROP INDEX ${name}` : `ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  }
  return rows.map(({ name, key, definition }) =>
    key === null ? definition : `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${key}`,
  );
}

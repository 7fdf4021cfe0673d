import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';

/** Longer than until the next partition of a minute is old. */
const HELD_MS = 65_000;
/** Who detaches a partition waits for a second. */
const GIVEN_UP_WITHIN_MS = 2000;
const ASK_AGAIN_MS = 100;

const DETACHING = `
  SELECT EXISTS (SELECT FROM pg_inherits WHERE inhparent = 'viewer_buckets'::regclass AND inhdetachpending) AS waits`;

/**
 * Reads viewer history as a dump does, in a transaction that stays open: until a detaching of one of its partitions waits for
 * it, and some more, so that it is given up. Says what came of it.
 */
export async function holdHistory(postgresUrl: string): Promise<string> {
  const client = new Client({ connectionString: postgresUrl, application_name: 'torture' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE viewer_buckets IN ACCESS SHARE MODE');
    for (const deadline = Date.now() + HELD_MS; !(await isDetaching(client)); await wait(ASK_AGAIN_MS)) {
      if (Date.now() > deadline) return `for ${HELD_MS} ms; nothing was to be detached`;
    }
    await wait(GIVEN_UP_WITHIN_MS);
    return 'until a detaching was given up';
  } catch {
    return 'postgres went away meanwhile';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function isDetaching(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ waits: boolean }>(DETACHING);
  return rows[0]?.waits ?? false;
}

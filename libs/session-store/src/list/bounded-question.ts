import { Client, DatabaseError } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';

/** Asks the database: the text of one statement, and its values. */
export type Ask = (text: string, values: unknown[]) => Promise<unknown>;

/** How long a question may take, with the wait for a connection and all its statements together. */
export const QUESTION_LIMIT_MS = 2000;
/** Of what Postgres says where a statement was cancelled. */
const CANCELLED = '57014';

/**
 * Asks a question on one connection. When its time is up, or nobody waits for the answer any more (`gone`), Postgres is
 * told to stop; the question then fails as Postgres says it, as cancelled.
 */
export async function askWithin<T>(
  source: DataSource,
  question: (ask: Ask) => Promise<T>,
  gone?: AbortSignal,
  limitMs = QUESTION_LIMIT_MS,
): Promise<T> {
  const begunAt = performance.now();
  const { runner, processId } = await connected(source, limitMs);
  let cancelling: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => void (cancelling ??= cancelStatement(source, processId));
  try {
    gone?.throwIfAborted();
    timer = setTimeout(cancel, Math.max(1, limitMs - (performance.now() - begunAt)));
    gone?.addEventListener('abort', cancel, { once: true });
    return await question((text, values) => {
      gone?.throwIfAborted();
      // What Postgres was told to stop may have been over by then: it would not be told again.
      if (cancelling) throw cancelled();
      return runner.query(text, values);
    });
  } finally {
    clearTimeout(timer);
    gone?.removeEventListener('abort', cancel);
    // The connection is given back only afterwards: else the next question on it would be stopped.
    await cancelling;
    await runner.release();
  }
}

/** Throws as the pool does where it has no connection for so long; one that comes later is given back. */
async function connected(source: DataSource, limitMs: number): Promise<{ runner: QueryRunner; processId: number }> {
  const runner = source.createQueryRunner();
  const connecting = runner.connect() as Promise<{ processID: number }>;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timeout exceeded when trying to connect')), limitMs);
  });
  try {
    const { processID: processId } = await Promise.race([connecting, late]);
    return { runner, processId };
  } catch (error) {
    const release = () => runner.release();
    void connecting.then(release, release);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function cancelled(): Error {
  const error = new DatabaseError('the time of this question is up', 0, 'error');
  error.code = CANCELLED;
  return error;
}

/** Over a connection of its own: all those of the pool may be busy with what is to be stopped. Never throws. */
async function cancelStatement({ options }: DataSource, processId: number): Promise<void> {
  if (options.type !== 'postgres') return;
  const client = new Client({ connectionString: options.url, connectionTimeoutMillis: QUESTION_LIMIT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT pg_cancel_backend($1)', [processId]);
  } catch {
    // The statement has a time limit in Postgres as well.
  } finally {
    await client.end().catch(() => {});
  }
}

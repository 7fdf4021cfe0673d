import type { QueryRunner } from 'typeorm';

/** The ids of what a transaction touched. */
export interface Touched {
  sessions?: readonly string[];
  /** Of the sessions that were counted. */
  counts?: readonly string[];
  /** Of rooms, hosts and presets. */
  entities?: readonly string[];
}

/**
 * Notes, in the caller's transaction, that Redis is to be told of what it touched; call it while the rows are locked, so
 * that of two transactions that touch one session the later one has the greater id. Gives the id of the row; null where
 * nothing was touched.
 */
export async function noteInOutbox(
  runner: Pick<QueryRunner, 'query'>,
  { sessions = [], counts = [], entities = [] }: Touched,
): Promise<string | null> {
  const entries = sessions.length + counts.length + entities.length;
  if (entries === 0) return null;
  const [row] = (await runner.query(
    `INSERT INTO outbox (id, first, entries, sessions, counts, entities)
     SELECT id, id, $1, $2, $3, $4 FROM nextval('outbox_id') AS id RETURNING id`,
    [entries, sessions, counts, entities],
  )) as { id: string }[];
  return row?.id ?? null;
}

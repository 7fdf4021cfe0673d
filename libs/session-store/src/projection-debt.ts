import type { DataSource, QueryRunner } from 'typeorm';

/** What the record knows of its projection. */
export interface ProjectionClaims {
  /** The epoch that was switched in last; 0 when none was. */
  epoch: number;
  /** The newest epoch that was ever given out. */
  given: number;
  /** Changes were recorded that Redis did not take. */
  owes: boolean;
}

export interface OwedSessions {
  /** Of the rows to settle. */
  rows: string[];
  sessions: string[];
}

/**
 * Writes down, in the caller's transaction, that sessions are to be projected: for those that no redelivery would bring
 * again if the process ended between its commit and Redis. Gives the row to settle; null where there is nothing.
 */
export async function oweSessions(runner: QueryRunner, sessions: readonly string[]): Promise<string | null> {
  if (sessions.length === 0) return null;
  const [row] = (await runner.query(`INSERT INTO projection_owed (sessions) VALUES ($1) RETURNING id`, [sessions])) as {
    id: string;
  }[];
  return row?.id ?? null;
}

/** Sessions owed for longer than it takes to project them, the oldest first. */
export async function owedSessions(source: DataSource): Promise<OwedSessions> {
  const found = (await source.query(
    `SELECT id, sessions FROM projection_owed WHERE since < clock_timestamp() - interval '1 second' ORDER BY id LIMIT 20`,
  )) as { id: string; sessions: string[] }[];
  return { rows: found.map(({ id }) => id), sessions: [...new Set(found.flatMap(({ sessions }) => sessions))] };
}

export async function settleSessions(source: DataSource, rows: readonly string[]): Promise<void> {
  await source.query(`DELETE FROM projection_owed WHERE id = ANY($1)`, [rows]);
}

/** Notes that changes were recorded that the projection did not take. */
export async function oweProjection(source: DataSource): Promise<void> {
  await source.query(
    `INSERT INTO projection_debt (since) VALUES (clock_timestamp())
     ON CONFLICT (single) DO UPDATE SET since = excluded.since`,
  );
}

/** The projection was brought up to a state read after `since`, a time of the database's clock; a later debt stays. */
export async function settleProjection(source: DataSource, since: string): Promise<void> {
  await source.query('DELETE FROM projection_debt WHERE since < $1', [since]);
}

export async function projectionClaims(source: DataSource): Promise<ProjectionClaims> {
  const [row] = (await source.query(
    `SELECT (SELECT epoch FROM projection_state) AS epoch, (SELECT last_value FROM projection_epoch) AS given,
       EXISTS (SELECT FROM projection_debt) AS owes`,
  )) as { epoch: string | null; given: string; owes: boolean }[];
  return { epoch: Number(row?.epoch ?? 0), given: Number(row?.given ?? 0), owes: row?.owes ?? false };
}

/** An epoch was switched in. */
export async function noteEpoch(source: DataSource, epoch: number): Promise<void> {
  await source.query(
    `INSERT INTO projection_state AS p (epoch) VALUES ($1)
     ON CONFLICT (single) DO UPDATE SET epoch = greatest(p.epoch, excluded.epoch)`,
    [epoch],
  );
}

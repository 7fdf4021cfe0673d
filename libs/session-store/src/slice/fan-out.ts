import type { DataSource, QueryRunner } from 'typeorm';
import { oweSessions } from '../projection-debt';

/** Bounds the rows that one transaction locks and writes, and what is projected at once. */
export const SESSIONS_PER_PAGE = 1000;

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** A page of sessions whose versions have grown because of what they show. */
export interface FanOutPage {
  sessions: string[];
  /** Of the row in `projection_owed`; null when there is none. */
  owed: string | null;
}

export interface FanOutBacklog {
  entities: number;
  /** When the oldest changed; epoch ms. */
  since: number | null;
}

/**
 * Begins to tell the open sessions that show changed entities, in the caller's transaction: the first page at once; what
 * does not fit into it is written down, for `nextFanOutPage`. A redelivery finds the entities unchanged and tells nobody,
 * so the page is owed to the projection as well.
 */
export async function beginFanOut(runner: QueryRunner, entities: readonly string[]): Promise<string[]> {
  if (entities.length === 0) return [];
  const sessions = await tellPage(runner, entities, BEFORE_ALL, SESSIONS_PER_PAGE);
  await oweSessions(runner, sessions);
  const last = sessions.length < SESSIONS_PER_PAGE ? undefined : sessions.at(-1);
  // One that changes again while it is told begins anew: its sessions have to show the newest.
  if (last === undefined) await runner.query(`DELETE FROM fan_out WHERE entity = ANY($1)`, [entities]);
  else {
    await runner.query(
      `INSERT INTO fan_out (entity, after) SELECT entity, $2 FROM unnest($1::uuid[]) AS given (entity) ORDER BY entity
       ON CONFLICT (entity) DO UPDATE SET after = excluded.after`,
      [entities, last],
    );
  }
  return sessions;
}

/**
 * Tells the next page, at most `limit` sessions, of the entity that has waited longest, in the caller's transaction; null
 * when nothing is left. A page that another process is at is left to it.
 */
export async function nextFanOutPage(runner: QueryRunner, limit: number): Promise<FanOutPage | null> {
  const [row] = (await runner.query(
    `SELECT entity, after FROM fan_out ORDER BY since, entity LIMIT 1 FOR UPDATE SKIP LOCKED`,
  )) as { entity: string; after: string }[];
  if (!row) return null;
  const sessions = await tellPage(runner, [row.entity], row.after, limit);
  const last = sessions.length < limit ? undefined : sessions.at(-1);
  if (last === undefined) await runner.query(`DELETE FROM fan_out WHERE entity = $1`, [row.entity]);
  else await runner.query(`UPDATE fan_out SET after = $2 WHERE entity = $1`, [row.entity, last]);
  return { sessions, owed: await oweSessions(runner, sessions) };
}

export async function fanOutBacklog(source: DataSource): Promise<FanOutBacklog> {
  const [row] = (await source.query(`SELECT count(*)::int AS entities, min(since) AS since FROM fan_out`)) as {
    entities: number;
    since: Date | null;
  }[];
  return { entities: row?.entities ?? 0, since: row?.since?.getTime() ?? null };
}

/** Lets the versions grow of the next open sessions that show one of the entities, in the order of ids. */
async function tellPage(
  runner: QueryRunner,
  entities: readonly string[],
  after: string,
  limit: number,
): Promise<string[]> {
  // Each way to a session has an index of its own; the page comes after them, or a plan may walk through all sessions.
  const found = (await runner.query(
    `WITH showing AS MATERIALIZED (
       SELECT s.id FROM sessions s
       WHERE s.preset_id = ANY($1::uuid[]) AND s.status IN ('scheduled', 'live') AND s.listed AND s.id > $3
       UNION
       SELECT s.id FROM sessions s
       WHERE s.room_id = ANY($1::uuid[]) AND s.status IN ('scheduled', 'live') AND s.listed AND s.id > $3
       UNION
       SELECT s.id FROM reference_data r JOIN sessions s ON s.room_id = r.id
       WHERE r.kind = 'room' AND r.state ->> 'host_id' = ANY($2::text[])
         AND s.status IN ('scheduled', 'live') AND s.listed AND s.id > $3
     )
     SELECT s.id FROM sessions s WHERE s.id IN (SELECT id FROM showing ORDER BY id LIMIT $4)
     ORDER BY s.id FOR NO KEY UPDATE`,
    [entities, entities, after, limit],
  )) as { id: string }[];
  const ids = found.map(({ id }) => id);
  if (ids.length > 0) await runner.query(`UPDATE sessions SET version = version + 1 WHERE id = ANY($1)`, [ids]);
  return ids;
}

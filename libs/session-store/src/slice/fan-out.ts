import type { DataSource, QueryRunner } from 'typeorm';
import { oweSessions } from '../projection-debt';

/** Bounds the rows that one transaction locks and writes, and what is projected at once. */
export const SESSIONS_PER_PAGE = 1000;
/** So few are told together with the change, so that a change that few show is seen at once. */
export const TOLD_AT_ONCE = 100;

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
 * Begins to tell the open sessions that show changed entities, in the caller's transaction: the first few at once; who
 * comes after them is written down, for `nextFanOutPage`. A redelivery finds the entities unchanged and tells nobody,
 * so the page is owed to the projection as well.
 */
export async function beginFanOut(runner: QueryRunner, entities: readonly string[]): Promise<string[]> {
  if (entities.length === 0) return [];
  const sessions = await tellPage(runner, entities, BEFORE_ALL, TOLD_AT_ONCE);
  await oweSessions(runner, sessions);
  const last = sessions.length < TOLD_AT_ONCE ? undefined : sessions.at(-1);
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
  // A page of each entity, by the index of its kind, then the first page of all of them.
  const found = (await runner.query(
    `WITH rooms AS (
       SELECT unnest($1::uuid[]) AS id
       UNION
       SELECT r.id FROM reference_data r WHERE r.kind = 'room' AND r.state ->> 'host_id' = ANY($2::text[])
     ), showing AS MATERIALIZED (
       SELECT s.id FROM unnest($1::uuid[]) AS preset (id) CROSS JOIN LATERAL (
         SELECT id FROM sessions
         WHERE preset_id = preset.id AND listed AND status IN ('scheduled', 'live') AND id > $3 ORDER BY id LIMIT $4) s
       UNION
       SELECT s.id FROM rooms CROSS JOIN LATERAL (
         SELECT id FROM sessions
         WHERE room_id = rooms.id AND listed AND status IN ('scheduled', 'live') AND id > $3 ORDER BY id LIMIT $4) s
     )
     SELECT s.id FROM sessions s WHERE s.id IN (SELECT id FROM showing ORDER BY id LIMIT $4)
     ORDER BY s.id FOR NO KEY UPDATE`,
    [entities, entities, after, limit],
  )) as { id: string }[];
  const ids = found.map(({ id }) => id);
  if (ids.length > 0) await runner.query(`UPDATE sessions SET version = version + 1 WHERE id = ANY($1)`, [ids]);
  return ids;
}

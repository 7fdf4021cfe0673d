import type { DataSource, QueryRunner } from 'typeorm';

/** Bounds the rows that one transaction locks and writes, and what is projected at once. */
export const SESSIONS_PER_PAGE = 1000;
/** So few are told together with the change, so that a change that few show is seen at once. */
export const TOLD_AT_ONCE = 100;
/** So many entities share a page, so that thousands of entities that few sessions show are told in few pages. */
export const ENTITIES_PER_PAGE = 500;

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** So that a look costs the same however many there are. */
const COUNTED_ENTITIES = 10_000;

export interface FanOutBacklog {
  /** Presets and rooms, up to 10 000; a changed host counts as its rooms. */
  entities: number;
  /** When the oldest changed; epoch ms. */
  since: number | null;
}

/** A preset or a room, and the last of its sessions that was told. */
interface Place {
  entity: string;
  after: string;
}

/**
 * Begins to tell the open sessions that show changed entities, in the caller's transaction: the first few at once; who
 * comes after them is written down, for `nextFanOutPage`.
 */
export async function beginFanOut(runner: QueryRunner, entities: readonly string[]): Promise<string[]> {
  if (entities.length === 0) return [];
  // A session shows a host by its room. An entity that changes again begins anew: its sessions have to show the newest.
  const places = (await runner.query(
    `INSERT INTO fan_out (entity, after) SELECT id, $2 FROM (
       SELECT id FROM reference_data WHERE id = ANY($1) AND kind IS DISTINCT FROM 'host'
       UNION
       SELECT id FROM reference_data WHERE kind = 'room' AND state ->> 'host_id' = ANY($3::text[])) AS shown
     ORDER BY id ON CONFLICT (entity) DO UPDATE SET after = excluded.after RETURNING entity, after`,
    [entities, BEFORE_ALL, entities],
  )) as Place[];
  return tellPage(runner, places.slice(0, ENTITIES_PER_PAGE), TOLD_AT_ONCE);
}

/**
 * Tells the next page, at most `limit` sessions, of the entities that have waited longest, in the caller's transaction;
 * null when nothing is left. Entities that another process is at are left to it.
 */
export async function nextFanOutPage(runner: QueryRunner, limit: number): Promise<string[] | null> {
  const places = (await runner.query(
    `SELECT entity, after FROM fan_out ORDER BY since, entity LIMIT $1 FOR UPDATE SKIP LOCKED`,
    [ENTITIES_PER_PAGE],
  )) as Place[];
  if (places.length === 0) return null;
  return tellPage(runner, places, limit);
}

export async function fanOutBacklog(source: DataSource): Promise<FanOutBacklog> {
  const [row] = (await source.query(
    `SELECT (SELECT count(*)::int FROM (SELECT FROM fan_out ORDER BY since, entity LIMIT $1) AS counted) AS entities,
       (SELECT since FROM fan_out ORDER BY since, entity LIMIT 1) AS since`,
    [COUNTED_ENTITIES],
  )) as { entities: number; since: Date | null }[];
  return { entities: row?.entities ?? 0, since: row?.since?.getTime() ?? null };
}

/**
 * Lets the versions grow of the next open sessions that show one of the entities, up to one that somebody else has locked, and
 * notes how far each entity was told: the next page goes on from there.
 */
async function tellPage(runner: QueryRunner, places: readonly Place[], limit: number): Promise<string[]> {
  const found = await showing(runner, places, limit);
  const told = await lockUpToBusy(runner, found);
  const ids = [...new Set(told.map(({ id }) => id))].sort();
  if (ids.length > 0) {
    await runner.query(
      `WITH grown AS (UPDATE session_folds SET version = version + 1 WHERE id = ANY($1) RETURNING id, version)
       UPDATE sessions s SET version = grown.version FROM grown WHERE s.id = grown.id`,
      [ids],
    );
  }
  if (found.length < limit && told.length === found.length) {
    await runner.query(`DELETE FROM fan_out WHERE entity = ANY($1)`, [places.map(({ entity }) => entity)]);
    return ids;
  }
  const last = new Map(told.map(({ entity, id }) => [entity, id]));
  await runner.query(
    `UPDATE fan_out f SET after = told.last FROM unnest($1::uuid[], $2::uuid[]) AS told (entity, last)
     WHERE f.entity = told.entity`,
    [[...last.keys()], [...last.values()]],
  );
  return ids;
}

interface Shown {
  entity: string;
  id: string;
}

/**
 * Locks the folds of sessions: they have the versions that the rows are to have, and everybody locks them. Gives the sessions
 * that come before the first one that somebody else has locked. A slice locks its own sessions first, and later those that they
 * take over, so whoever waits for a session must not hold another (see docs/decisions/0074). A page waits for its first session
 * alone, before it holds any; so it goes forward by one at least.
 */
async function lockUpToBusy(runner: QueryRunner, shown: readonly Shown[]): Promise<Shown[]> {
  const first = shown[0]?.id;
  if (first === undefined) return [];
  await runner.query(`SELECT FROM session_folds WHERE id = $1 FOR NO KEY UPDATE`, [first]);
  const rows = (await runner.query(
    `SELECT id FROM session_folds WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED`,
    [shown.map(({ id }) => id)],
  )) as { id: string }[];
  const locked = new Set(rows.map(({ id }) => id));
  // The first may have left the record while it was waited for.
  const busy = shown.findIndex(({ id }) => id !== first && !locked.has(id));
  return busy === -1 ? [...shown] : shown.slice(0, busy);
}

/**
 * The next open sessions of entities, one entity after another, each in the order of ids. Each entity is a range of an
 * index, and no more is read of it than there is room for. One session comes twice where it shows two of them.
 */
async function showing(runner: QueryRunner, places: readonly Place[], limit: number): Promise<Shown[]> {
  return (await runner.query(
    `SELECT place.entity, s.id FROM unnest($1::uuid[], $2::uuid[]) AS place (entity, after) CROSS JOIN LATERAL (
       (SELECT id FROM sessions
        WHERE preset_id = place.entity AND listed AND status IN ('scheduled', 'live') AND id > place.after
        ORDER BY id LIMIT $3)
       UNION
       (SELECT id FROM sessions
        WHERE room_id = place.entity AND listed AND status IN ('scheduled', 'live') AND id > place.after
        ORDER BY id LIMIT $3)
       ORDER BY id LIMIT $3) s
     LIMIT $3`,
    [places.map(({ entity }) => entity), places.map(({ after }) => after), limit],
  )) as Shown[];
}

import type { SessionStatus } from '#libs/contracts';
import type { QueryRunner } from 'typeorm';
import { lockRooms } from '../folds/lock-rooms';
import { noteInOutbox } from '../outbox/note-in-outbox';
import { keepTotals } from '../totals/keep-totals';
import { takeClaimsAway } from './claims-that-leave';
import { type TakenAway, takeViewersAway } from './viewers-that-leave';

/** Beside the rows that each session has once. */
const CLAIMS_AT_ONCE = 1500;

/** Which sessions may leave: listed ones of a status, or those that no list shows (null). Times in epoch ms. */
export interface Departure {
  status: 'ended' | 'expired' | null;
  /** Nothing was said of them since. */
  before: number;
  /** The ingest watermark. */
  now: number;
}

interface LeavingSession {
  id: string;
  status: SessionStatus;
  listed: boolean;
  room_id: string | null;
}

/**
 * Takes sessions away with all that hangs on them, those of `ids` that may leave still and that nobody is at, in the
 * caller's transaction. Locks what ingest locks, in its order: rooms, then sessions; it waits for no session. Counts are
 * locked before their buckets, as who counts does. A tombstone stays of each.
 */
export async function takeSessionsAway(
  runner: QueryRunner,
  ids: readonly string[],
  departure: Departure,
): Promise<TakenAway> {
  const rooms = await lockRooms(runner, [], ids);
  const leaving = await lockLeaving(runner, ids, departure, rooms);
  const gone = leaving.map(({ id }) => id);
  if (gone.length === 0) return { rows: 0, whole: true };

  const viewers = await takeViewersAway(runner, gone);
  if (!viewers.whole) return viewers;
  const claims = await takeClaimsAway(runner, gone, CLAIMS_AT_ONCE);
  if (await hasMoreClaims(runner, gone, claims)) return { rows: viewers.rows + claims, whole: false };

  await runner.query(LEAVE_TOMBSTONES, [gone, new Date(departure.now)]);
  let rows = viewers.rows + claims;
  for (const text of OWN_ROWS) {
    const [, taken] = (await runner.query(text, [gone])) as [unknown, number];
    rows += taken;
  }
  await keepTotals(
    runner,
    leaving.map(({ status, listed }) => ({ from: listed ? status : null, to: null })),
  );
  await noteInOutbox(runner, { sessions: gone });
  return { rows, whole: true };
}

/** Locks those that nobody is at, and only then looks whether they may leave. */
async function lockLeaving(
  runner: QueryRunner,
  ids: readonly string[],
  { status, before }: Departure,
  rooms: ReadonlySet<string>,
): Promise<LeavingSession[]> {
  const folds = (await runner.query(LOCK_SESSIONS, [ids])) as { id: string }[];
  const locked = folds.map(({ id }) => id);
  const counted = (await runner.query(LOCK_COUNTS, [locked])) as { session_id: string }[];
  const rows = (await runner.query(MAY_LEAVE, [
    locked,
    counted.map(({ session_id: id }) => id),
    new Date(before),
    status,
  ])) as LeavingSession[];
  // One that moved to another room before it was locked may leave with the next step.
  return rows.filter(({ room_id: room }) => room === null || rooms.has(room));
}

/** Those that stay are the ones behind a session that stays: so many may not have been looked at. */
async function hasMoreClaims(runner: QueryRunner, ids: readonly string[], taken: number): Promise<boolean> {
  if (taken === 0) return false;
  const [row] = (await runner.query(COUNT_CLAIMS, [ids, CLAIMS_AT_ONCE + 1])) as { claims: string }[];
  return Number(row?.claims ?? 0) + taken > CLAIMS_AT_ONCE;
}

const LOCK_SESSIONS = `
  SELECT f.id FROM session_folds f JOIN session_signals g ON g.session_id = f.id
  WHERE f.id = ANY($1::uuid[]) ORDER BY f.id FOR UPDATE OF f, g SKIP LOCKED`;

const LOCK_COUNTS = `
  SELECT session_id FROM session_counts WHERE session_id = ANY($1::uuid[]) ORDER BY session_id FOR UPDATE SKIP LOCKED`;

/** An expired one was over when its plan was past; who still beats is no past; counts hold what was never listed. */
const MAY_LEAVE = `
  SELECT s.id, s.status, s.listed, f.room_id
  FROM sessions s JOIN session_folds f ON f.id = s.id JOIN session_signals g ON g.session_id = s.id
    LEFT JOIN session_counts c ON c.session_id = s.id
  WHERE s.id = ANY($1::uuid[]) AND (c.session_id IS NULL OR c.session_id = ANY($2::uuid[]))
    AND greatest(s.updated_at, g.last_signal_at) < $3
    AND CASE WHEN $4::text IS NULL THEN NOT s.listed AND (s.deleted OR c.session_id IS NULL OR c.viewer_count_at < $3)
      WHEN s.status = 'expired' THEN s.listed AND $4 = s.status AND coalesce(s.scheduled_start_time, s.updated_at) < $3
      ELSE s.listed AND $4 = s.status END
  ORDER BY s.id`;

const COUNT_CLAIMS = `
  SELECT count(*) AS claims FROM (SELECT FROM room_claims WHERE session_id = ANY($1::uuid[]) LIMIT $2) AS left_over`;

const LEAVE_TOMBSTONES = `
  INSERT INTO session_tombstones AS t (id, version, deleted, left_at)
  SELECT id, version, deleted, $2 FROM sessions WHERE id = ANY($1::uuid[]) ORDER BY id
  ON CONFLICT (id) DO UPDATE SET version = greatest(t.version, excluded.version),
    deleted = t.deleted OR excluded.deleted, left_at = greatest(t.left_at, excluded.left_at)`;

const OWN_ROWS = [
  `DELETE FROM sessions WHERE id = ANY($1::uuid[])`,
  `DELETE FROM session_texts WHERE session_id = ANY($1::uuid[])`,
  `DELETE FROM session_counts WHERE session_id = ANY($1::uuid[])`,
  `DELETE FROM session_signals WHERE session_id = ANY($1::uuid[])`,
  `DELETE FROM session_folds WHERE id = ANY($1::uuid[])`,
];

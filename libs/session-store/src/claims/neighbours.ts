import type { QueryRunner } from 'typeorm';
import { type Columns, unnest } from '../columns';
import { CLAIM_COLUMNS, type ClaimRow } from './put-claims';

/**
 * The owners of the claims directly before these in their rooms: when a claim comes, or leaves, their takeover may be
 * another one. An owner whose claim stands further back is taken over by the claim between them. Each claim costs one look
 * into an index, however many the room has. May name sessions that the claims are of.
 */
export async function neighboursOf(runner: QueryRunner, claims: readonly ClaimRow[]): Promise<string[]> {
  const inRooms = claims.filter(({ room_id: room }) => room !== null);
  return inRooms.length === 0 ? [] : idsOf(await runner.query(BEFORE_CLAIMS, unnest(CLAIM_COLUMNS, inRooms).values));
}

/** A session, and a room in which its claims stand; null: they stand in none. */
export interface ClaimsInRoom {
  id: string;
  room: string | null;
}

/** The same of all claims of sessions. */
export async function neighboursOfAllClaims(runner: QueryRunner, sessions: readonly ClaimsInRoom[]): Promise<string[]> {
  const inRooms = sessions.filter(({ room }) => room !== null);
  return inRooms.length === 0 ? [] : idsOf(await runner.query(BEFORE_CLAIMS_OF, unnest(IN_ROOMS, inRooms).values));
}

function idsOf(rows: unknown): string[] {
  return (rows as { session_id: string }[]).map(({ session_id: id }) => id);
}

const IN_ROOMS: Columns<ClaimsInRoom> = [
  ['id', 'uuid'],
  ['room', 'uuid'],
];

const BEFORE_CLAIMS = `
  SELECT DISTINCT before.session_id
  FROM unnest($1::uuid[], $2::timestamptz[], $3::numeric[], $4::text[], $5::text[], $6::uuid[])
    AS given (session_id, at, seq, source, event_id, room_id)
  CROSS JOIN LATERAL (
    SELECT c.session_id FROM room_claims c WHERE c.room_id = given.room_id
      AND (c.at, c.seq, c.source, c.event_id, c.session_id)
        < (given.at, given.seq, given.source, given.event_id, given.session_id)
    ORDER BY c.at DESC, c.seq DESC, c.source DESC, c.event_id DESC, c.session_id DESC LIMIT 1
  ) before
  WHERE before.session_id <> given.session_id`;

const BEFORE_CLAIMS_OF = `
  SELECT DISTINCT before.session_id
  FROM unnest($1::uuid[], $2::uuid[]) AS given (session_id, room_id)
  JOIN room_claims own ON own.session_id = given.session_id
  CROSS JOIN LATERAL (
    SELECT c.session_id FROM room_claims c WHERE c.room_id = given.room_id
      AND (c.at, c.seq, c.source, c.event_id, c.session_id)
        < (own.at, own.seq, own.source, own.event_id, own.session_id)
    ORDER BY c.at DESC, c.seq DESC, c.source DESC, c.event_id DESC, c.session_id DESC LIMIT 1
  ) before
  WHERE before.session_id <> given.session_id`;

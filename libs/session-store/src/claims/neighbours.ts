import type { QueryRunner } from 'typeorm';
import { type Columns, unnest } from '../columns';
import type { MovedSession } from './move-claims';
import { CLAIM_COLUMNS, type ClaimRow } from './put-claims';

/**
 * The sessions whose takeover may be another one now. Of each claim that came to a room (`to`), or that is to leave it
 * (`from`), that is the owner of the claim directly before it: an owner whose claim stands further back is taken over by
 * the claim between them. Each claim costs one look into an index, however many the room has. May name sessions that
 * the claims are of.
 */
export async function neighboursOf(
  runner: QueryRunner,
  claims: readonly ClaimRow[],
  moved: readonly MovedSession[],
): Promise<Set<string>> {
  const inRooms = claims.filter(({ room_id: room }) => room !== null);
  const besides = moved.flatMap(({ id, from, to }) =>
    [from, to].flatMap((room) => (room === null ? [] : [{ id, room }])),
  );
  const rows = [
    ...(inRooms.length > 0 ? await ask(runner, BEFORE_CLAIMS, unnest(CLAIM_COLUMNS, inRooms).values) : []),
    ...(besides.length > 0 ? await ask(runner, BEFORE_CLAIMS_OF, unnest(BESIDES, besides).values) : []),
  ];
  return new Set(rows.map(({ session_id: id }) => id));
}

async function ask(runner: QueryRunner, text: string, values: unknown[]): Promise<{ session_id: string }[]> {
  return (await runner.query(text, values)) as { session_id: string }[];
}

const BESIDES: Columns<{ id: string; room: string }> = [
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

/** Of all claims of a session, in a room that they came to or are to leave. */
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

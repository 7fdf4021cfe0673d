import type { Claim } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type Columns, EPOCH_US, unnest } from '../columns';

/** A claim as a row: a start of a session, and the room that it claims; null while the session has none. */
export interface ClaimRow {
  session_id: string;
  at: number;
  seq: string;
  source: string;
  event_id: string;
  room_id: string | null;
}

export const CLAIM_COLUMNS: Columns<ClaimRow> = [
  ['session_id', 'uuid'],
  ['at', EPOCH_US],
  ['seq', 'numeric'],
  ['source', 'text'],
  ['event_id', 'text'],
  ['room_id', 'uuid'],
];

export function claimRow({ session, token }: Claim, roomId: string | null): ClaimRow {
  const { at, seq, source, id } = token;
  return { session_id: session, at, seq, source, event_id: id, room_id: roomId };
}

/** Writes claims; those that are known, as by a redelivery, stay as they are. */
export async function putClaims(runner: QueryRunner, claims: readonly ClaimRow[]): Promise<void> {
  if (claims.length === 0) return;
  await runner.query(PUT, unnest(CLAIM_COLUMNS, claims).values);
}

const PUT = `
  INSERT INTO room_claims (session_id, at, seq, source, event_id, room_id)
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::numeric[], $4::text[], $5::text[], $6::uuid[])
  ON CONFLICT (session_id, at, seq, source, event_id) DO NOTHING`;

import type { EventToken, SessionRecord } from '#libs/session';
import type { DataSource, QueryRunner } from 'typeorm';
import { unnest } from '../columns';
import { CLAIM_COLUMNS, type ClaimRow, claimRow } from './put-claims';

interface Row {
  session_id: string;
  at: string;
  seq: string;
  source: string;
  event_id: string;
}

/** By session: the first claim of another one on its room after its own last start. One look into an index per session. */
export async function takeoversOf(
  runner: Pick<QueryRunner | DataSource, 'query'>,
  records: Iterable<SessionRecord>,
): Promise<Map<string, EventToken>> {
  const lasts = [...records].flatMap(lastClaimOf);
  if (lasts.length === 0) return new Map();
  const rows = (await runner.query(TAKEOVERS, unnest(CLAIM_COLUMNS, lasts).values)) as Row[];
  return new Map(
    rows.map(({ session_id: session, at, seq, source, event_id: id }) => [
      session,
      { at: Number(at), seq, source, id },
    ]),
  );
}

function lastClaimOf({ id, last_start: token, fields }: SessionRecord): ClaimRow[] {
  const roomId = fields.room_id?.value ?? null;
  return token === undefined || roomId === null ? [] : [claimRow({ session: id, token }, roomId)];
}

const TAKEOVERS = `
  SELECT own.session_id, (extract(epoch FROM taken.at) * 1000000)::bigint AS at, taken.seq, taken.source, taken.event_id
  FROM unnest($1::uuid[], $2::timestamptz[], $3::numeric[], $4::text[], $5::text[], $6::uuid[])
    AS own (session_id, at, seq, source, event_id, room_id)
  CROSS JOIN LATERAL (
    SELECT c.at, c.seq, c.source, c.event_id, c.session_id FROM room_claims c WHERE c.room_id = own.room_id
      AND (c.at, c.seq, c.source, c.event_id, c.session_id) > (own.at, own.seq, own.source, own.event_id, own.session_id)
    ORDER BY c.at, c.seq, c.source, c.event_id, c.session_id LIMIT 1
  ) taken
  WHERE taken.session_id <> own.session_id`;

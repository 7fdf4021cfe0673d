import { type EventToken, type SessionRecord, decodeRecord, derive, halfLeaseMsOf, isCalm } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { contentDigest } from '../../folds/write-sessions';
import { pagesOf } from './pages';

interface Fold {
  id: string;
  fold: string;
  signal: string | null;
}

interface Takeover {
  session_id: string;
  at: string;
  seq: string;
  source: string;
  event_id: string;
}

/**
 * Derives every session from its fold and the claims of its room. Gives how many are shown otherwise than before: the room
 * that was said first counts now, and every start is a claim. Their versions grow.
 */
export async function deriveAnew(runner: QueryRunner): Promise<number> {
  let changed = 0;
  for await (const page of pagesOf<Fold>(runner, FOLDS)) {
    const records = page.map(recordOf);
    const takeovers = await takeoversOf(runner, records);
    const rows = JSON.stringify(records.map((record) => derivedRow(record, takeovers.get(record.id))));
    const [shown] = (await runner.query(SHOWN, [rows])) as [{ id: string }[], number];
    changed += shown.length;
    if (shown.length > 0) await runner.query(OWED, [shown.map(({ id }) => id).sort()]);
    await runner.query(DIGESTS, [rows]);
    await runner.query(SIGNALS, [rows]);
  }
  return changed;
}

function recordOf({ id, fold, signal }: Fold): SessionRecord {
  return { ...decodeRecord(id, fold), ...(signal !== null && { last_signal_at: Number(signal) }) };
}

async function takeoversOf(runner: QueryRunner, records: readonly SessionRecord[]): Promise<Map<string, EventToken>> {
  const lasts = records.flatMap(({ id, fields, last_start: token }) =>
    token && fields.room_id?.value ? [{ ...token, event_id: token.id, id, room_id: fields.room_id.value }] : [],
  );
  const rows = (await runner.query(TAKEOVERS, [JSON.stringify(lasts)])) as Takeover[];
  return new Map(
    rows.map(({ session_id: id, event_id, at, ...rest }) => [id, { ...rest, at: Number(at), id: event_id }]),
  );
}

function derivedRow(record: SessionRecord, takeover: EventToken | undefined) {
  const { next_check_at: due, ...content } = derive(record, takeover);
  return {
    ...content,
    started_at: timeText(content.started_at),
    ended_at: timeText(content.ended_at),
    scheduled_start_time: timeText(content.scheduled_start_time),
    counts_after: timeText(content.counts_after),
    created_at: timeText(content.created_at),
    updated_at: timeText(content.updated_at),
    digest: contentDigest(content).toString('hex'),
    calm: isCalm(record, takeover),
    half_lease_ms: content.status === 'live' && !content.deleted ? halfLeaseMsOf(record) : null,
    due: timeText(due),
  };
}

/** As Postgres reads it, also beyond the year 9999. */
function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString().replace(/^\+0*/, '');
}

const FOLDS = `
  SELECT f.id, f.fold, extract(epoch FROM s.last_signal_at) * 1000 AS signal
  FROM session_folds f JOIN session_signals s ON s.session_id = f.id WHERE f.id > $1 ORDER BY f.id LIMIT $2`;

const TAKEOVERS = `
  SELECT own.id AS session_id, (extract(epoch FROM taken.at) * 1000000)::bigint AS at, taken.seq, taken.source,
    taken.event_id
  FROM (
    SELECT id, timestamptz 'epoch' + at * interval '1 microsecond' AS at, seq, source, event_id, room_id
    FROM jsonb_to_recordset($1::jsonb)
      AS given (id uuid, at float8, seq numeric, source text, event_id text, room_id uuid)
  ) AS own
  CROSS JOIN LATERAL (
    SELECT c.at, c.seq, c.source, c.event_id FROM room_claims c WHERE c.room_id = own.room_id
      AND (c.at, c.seq, c.source, c.event_id, c.session_id) > (own.at, own.seq, own.source, own.event_id, own.id)
      AND c.session_id <> own.id
    ORDER BY c.at, c.seq, c.source, c.event_id, c.session_id LIMIT 1
  ) AS taken`;

const SHOWN = `
  UPDATE sessions s SET version = s.version + 1, room_id = given.room_id, status = given.status, health = given.health,
    started_at = given.started_at, ended_at = given.ended_at, end_reason = given.end_reason,
    counts_after = given.counts_after, created_at = given.created_at, updated_at = given.updated_at,
    listed = given.listed, deleted = given.deleted
  FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, room_id uuid, status text, health text, started_at timestamptz,
    ended_at timestamptz, end_reason text, counts_after timestamptz, created_at timestamptz, updated_at timestamptz,
    listed boolean, deleted boolean)
  WHERE s.id = given.id
    AND (s.room_id, s.status, s.health, s.started_at, s.ended_at, s.end_reason, s.counts_after, s.created_at,
      s.updated_at, s.listed, s.deleted)
    IS DISTINCT FROM (given.room_id, given.status, given.health, given.started_at, given.ended_at, given.end_reason,
      given.counts_after, given.created_at, given.updated_at, given.listed, given.deleted)
  RETURNING s.id`;

/** Redis has another content of them. */
const OWED = `INSERT INTO projection_owed (sessions) VALUES ($1)`;

const DIGESTS = `
  UPDATE session_folds f SET content = decode(given.digest, 'hex'), version = s.version
  FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, digest text) JOIN sessions s ON s.id = given.id
  WHERE f.id = given.id`;

const SIGNALS = `
  UPDATE session_signals s SET half_lease_ms = given.half_lease_ms, calm = given.calm, due = given.due
  FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, half_lease_ms integer, calm boolean, due timestamptz)
  WHERE s.session_id = given.id`;

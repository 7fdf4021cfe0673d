import { type EventToken, type SessionRecord, decodeRecord } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { takeoversOf } from '../claims/takeovers';
import type { SignalsRow } from '../folds/lock-folds';
import { SESSION_COLUMNS, type SessionColumns } from '../stored-rows';
import type { PageRange } from './page-range';

/** A session as the tables have it, all of one moment; what is not there is undefined. */
export interface KeptSession {
  id: string;
  fold?: KeptFold;
  signals?: SignalsRow;
  row?: SessionColumns;
  texts?: KeptTexts;
  claims?: KeptClaims;
  takeover?: EventToken;
}

export interface KeptFold {
  version: number;
  roomId: string | null;
  digest: Buffer;
  /** With the last signal; undefined: the text cannot be read. */
  record: SessionRecord | undefined;
}

export interface KeptTexts {
  fold_version: number;
  folded: string;
  grams: string[];
}

export interface KeptClaims {
  /** How many lie on another room than the session's; one of these rooms. */
  elsewhere: number;
  otherRoom: string | null;
  first: EventToken | undefined;
  last: EventToken | undefined;
}

/** Everything but the counts, in the order of ids. */
export async function keptSessions(runner: QueryRunner, { from, to }: PageRange): Promise<KeptSession[]> {
  const kept = new Map<string, KeptSession>();
  const of = (id: string): KeptSession => {
    const known = kept.get(id) ?? { id };
    kept.set(id, known);
    return known;
  };
  for (const row of await ask<SignalsColumns>(runner, SIGNALS, from, to)) of(row.id).signals = signalsOf(row);
  for (const row of await ask<FoldColumns>(runner, FOLDS, from, to)) {
    const one = of(row.id);
    one.fold = foldOf(row, one.signals?.last_signal_at ?? null);
    one.claims = claimsOf(row);
  }
  for (const row of await ask<SessionColumns>(runner, ROWS, from, to)) of(row.id).row = row;
  for (const { id, ...texts } of await ask<KeptTexts & { id: string }>(runner, TEXTS, from, to)) of(id).texts = texts;
  const records = [...kept.values()].flatMap(({ fold }) => fold?.record ?? []);
  for (const [id, takeover] of await takeoversOf(runner, records)) of(id).takeover = takeover;
  return [...kept.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function ask<R>(runner: QueryRunner, text: string, from: string, to: string): Promise<R[]> {
  return (await runner.query(text, [from, to])) as R[];
}

type SignalsColumns = Record<'last_signal_at' | 'due', Date | null> &
  Pick<SignalsRow, 'half_lease_ms' | 'calm'> & { id: string };

type TokenColumns = [at: string, seq: string, source: string, id: string] | null;

interface FoldColumns {
  id: string;
  version: string;
  room_id: string | null;
  content: Buffer;
  fold: string;
  elsewhere: string;
  other_room: string | null;
  first: TokenColumns;
  last: TokenColumns;
}

function signalsOf({ last_signal_at: signal, half_lease_ms, calm, due }: SignalsColumns): SignalsRow {
  return { last_signal_at: signal?.getTime() ?? null, half_lease_ms, calm, due: due?.getTime() ?? null };
}

function foldOf({ id, version, room_id: roomId, content, fold }: FoldColumns, lastSignalAt: number | null): KeptFold {
  const kept = { version: Number(version), roomId, digest: content };
  try {
    const record = decodeRecord(id, fold);
    return { ...kept, record: lastSignalAt === null ? record : { ...record, last_signal_at: lastSignalAt } };
  } catch {
    return { ...kept, record: undefined };
  }
}

function claimsOf({ elsewhere, other_room: otherRoom, first, last }: FoldColumns): KeptClaims {
  return { elsewhere: Number(elsewhere), otherRoom, first: tokenOf(first), last: tokenOf(last) };
}

function tokenOf(columns: TokenColumns): EventToken | undefined {
  if (columns === null) return undefined;
  const [at, seq, source, id] = columns;
  return { at: Number(at), seq, source, id };
}

const SIGNALS = `
  SELECT session_id AS id, last_signal_at, half_lease_ms, calm, due FROM session_signals
  WHERE session_id BETWEEN $1 AND $2`;

const FOLDS = `
  SELECT f.id, f.version, f.room_id, f.content, f.fold, away.elsewhere, away.other_room, first.token AS first,
    last.token AS last
  FROM session_folds f
  LEFT JOIN LATERAL (
    SELECT count(*) AS elsewhere, min(coalesce(c.room_id::text, 'no room')) AS other_room FROM room_claims c
    WHERE c.session_id = f.id AND c.room_id IS DISTINCT FROM f.room_id
  ) away ON true
  LEFT JOIN LATERAL (
    SELECT ARRAY[(extract(epoch FROM at) * 1000000)::bigint::text, seq::text, source, event_id] AS token
    FROM room_claims c WHERE c.session_id = f.id ORDER BY at, seq, source, event_id LIMIT 1
  ) first ON true
  LEFT JOIN LATERAL (
    SELECT ARRAY[(extract(epoch FROM at) * 1000000)::bigint::text, seq::text, source, event_id] AS token
    FROM room_claims c WHERE c.session_id = f.id ORDER BY at DESC, seq DESC, source DESC, event_id DESC LIMIT 1
  ) last ON true
  WHERE f.id BETWEEN $1 AND $2`;

const ROWS = `SELECT ${SESSION_COLUMNS} FROM sessions s WHERE s.id BETWEEN $1 AND $2`;

const TEXTS = `
  SELECT session_id AS id, fold_version, folded, grams FROM session_texts WHERE session_id BETWEEN $1 AND $2`;

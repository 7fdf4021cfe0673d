import { type SessionFact, type SessionRecord, claimOf, encodeRecord, evolve } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { eventsOf, factOf } from './old-events';
import { type OldFold, isWhole, recordOf } from './old-fold';
import { grouped } from './grouped';
import { pagesOf } from './pages';
import { partsOf } from './parts';

interface OldSession {
  id: string;
  version: string;
  fold: OldFold;
}

/**
 * Gives every session its fold, its signals and its claims: from its logged events, or from its old fold where that knows
 * more than the log. Gives how many of each. What is shown is yet to be derived.
 */
export async function foldAnew(runner: QueryRunner): Promise<{ anew: number; kept: number }> {
  let [anew, kept] = [0, 0];
  for await (const page of pagesOf<OldSession>(runner, SESSIONS)) {
    const olds = new Map(page.map((old) => [old.id, old]));
    for (const part of await partsOf(runner, [...olds.keys()])) {
      const events = grouped(await eventsOf(runner, part), ({ subject }) => subject);
      const sessions = part
        .flatMap((id) => olds.get(id) ?? [])
        .map((old) => folded(old, (events.get(old.id) ?? []).map(factOf)));
      anew += sessions.filter(({ isAnew }) => isAnew).length;
      kept += sessions.filter(({ isAnew }) => !isAnew).length;
      await runner.query(FOLDS, [JSON.stringify(sessions.map(foldRow))]);
      await runner.query(SIGNALS, [JSON.stringify(sessions.map(signalsRow))]);
      await runner.query(CLAIMS, [JSON.stringify(sessions.flatMap(claimRows))]);
    }
  }
  return { anew, kept };
}

interface FoldedSession {
  version: string;
  record: SessionRecord;
  /** Of all its starts; of a session whose log is not whole the first and the last. */
  starts: SessionRecord['first_start'][];
  isAnew: boolean;
}

function folded({ id, version, fold }: OldSession, facts: SessionFact[]): FoldedSession {
  const anew = facts.reduce<SessionRecord | undefined>(evolve, undefined);
  if (anew && isWhole(fold, anew, facts)) {
    const record = { ...anew, ...signalsAndLooksOf(fold, anew) };
    return { version, record, starts: facts.flatMap((fact) => claimOf(fact)?.token ?? []), isAnew: true };
  }
  const record = recordOf(id, fold);
  return { version, record, starts: [record.first_start, record.last_start], isAnew: false };
}

/** Greatest values lose nothing where the log lacks what they were made of, as heartbeats of long ago. */
function signalsAndLooksOf(fold: OldFold, anew: SessionRecord): Partial<SessionRecord> {
  const signals = [fold.last_signal_at, anew.last_signal_at].filter((ms) => ms !== undefined);
  return {
    ...(fold.heartbeats && { heartbeats: true }),
    ...(signals.length > 0 && { last_signal_at: Math.max(...signals) }),
    ...(fold.checked_at !== undefined && { checked_at: fold.checked_at }),
  };
}

function foldRow({ version, record }: FoldedSession) {
  const { last_signal_at: _, ...rest } = record;
  return { id: record.id, version, room_id: record.fields.room_id?.value ?? null, fold: encodeRecord(rest) };
}

function signalsRow({ record }: FoldedSession) {
  return { id: record.id, ms: record.last_signal_at ?? null };
}

function claimRows({ record, starts }: FoldedSession) {
  const room_id = record.fields.room_id?.value ?? null;
  return starts.flatMap((token) => (token ? [{ ...token, event_id: token.id, id: record.id, room_id }] : []));
}

const SESSIONS = `SELECT id, version, fold FROM sessions WHERE id > $1 ORDER BY id LIMIT $2`;

const FOLDS = `
  INSERT INTO session_folds (id, version, room_id, content, fold)
  SELECT id, version, room_id, '', fold
  FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, version bigint, room_id uuid, fold text)`;

const SIGNALS = `
  INSERT INTO session_signals (session_id, last_signal_at, calm)
  SELECT id, timestamptz 'epoch' + ms * interval '1 millisecond', false
  FROM jsonb_to_recordset($1::jsonb) AS given (id uuid, ms float8)`;

const CLAIMS = `
  INSERT INTO room_claims (session_id, at, seq, source, event_id, room_id)
  SELECT id, timestamptz 'epoch' + at * interval '1 microsecond', seq, source, event_id, room_id
  FROM jsonb_to_recordset($1::jsonb)
    AS given (id uuid, at float8, seq numeric, source text, event_id text, room_id uuid)
  ON CONFLICT DO NOTHING`;

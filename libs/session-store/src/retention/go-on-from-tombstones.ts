import { encodeRecord } from '#libs/session';
import type { QueryRunner } from 'typeorm';
import { type HeldSession, lockFolds } from '../folds/lock-folds';
import type { SessionToRecord } from '../slice/slice';

interface Tombstone {
  id: string;
  version: string;
  deleted: boolean;
  left_at: Date;
}

/**
 * Sessions that left the record, and of which something new is said, go on from their tombstones, in the caller's
 * transaction: they are put among `held`, with the version that they had, and deleted if they were. Gives the events without
 * those that the broker got before their session left: they were taken then, and come again.
 */
export async function goOnFromTombstones(
  runner: QueryRunner,
  held: Map<string, HeldSession>,
  events: readonly SessionToRecord[],
): Promise<SessionToRecord[]> {
  const unknown = [...new Set(events.flatMap(({ fact }) => (held.has(fact.subject) ? [] : [fact.subject])))].sort();
  const tombstones = unknown.length === 0 ? [] : ((await runner.query(LOCK, [unknown])) as Tombstone[]);
  const leftAt = new Map(tombstones.map(({ id, left_at: at }) => [id, at.getTime()]));
  for (const [id, { record }] of held) if (record.left_at !== undefined) leftAt.set(id, record.left_at);
  if (leftAt.size === 0) return [...events];

  const fresh = events.filter(({ fact }) => fact.brokerTime >= (leftAt.get(fact.subject) ?? -Infinity));
  const subjects = new Set(fresh.map(({ fact }) => fact.subject));
  const raised = tombstones.filter(({ id }) => subjects.has(id));
  if (raised.length === 0) return fresh;
  const ids = raised.map(({ id }) => id);
  await runner.query(RAISE_FOLDS, [ids, raised.map(({ version }) => version), raised.map(foldOf)]);
  await runner.query(RAISE_SIGNALS, [ids]);
  await runner.query(RAISE_SESSIONS, [ids]);
  await runner.query(REMOVE, [ids]);
  for (const [id, session] of await lockFolds(runner, ids)) held.set(id, session);
  return fresh;
}

function foldOf({ id, deleted, left_at: at }: Tombstone): string {
  return encodeRecord({ id, fields: {}, ...(deleted && { deleted: true as const }), left_at: at.getTime() });
}

const LOCK = `
  SELECT id, version, deleted, left_at FROM session_tombstones WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE`;

/** No content has this digest: what is derived next is written. */
const RAISE_FOLDS = `
  INSERT INTO session_folds (id, version, room_id, content, fold)
  SELECT id, version, NULL, '', fold FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS given (id, version, fold)`;

const RAISE_SIGNALS = `
  INSERT INTO session_signals (session_id, last_signal_at, half_lease_ms, calm, due)
  SELECT id, NULL, NULL, false, NULL FROM unnest($1::uuid[]) AS given (id)`;

const RAISE_SESSIONS = `
  INSERT INTO sessions (id, version, status, created_at, updated_at, listed, deleted)
  SELECT id, version, 'scheduled', left_at, left_at, false, deleted FROM session_tombstones WHERE id = ANY($1::uuid[])`;

const REMOVE = `DELETE FROM session_tombstones WHERE id = ANY($1::uuid[])`;

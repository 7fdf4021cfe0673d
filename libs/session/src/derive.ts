import type { StoredSession } from '#libs/contracts';
import type { SessionFields, SessionRecord } from './session-record';
import { type EventToken, compareTokens, msOf } from './token';

const HEARTBEAT_LEASE_SECONDS = 60;
const UNLEASED_LIMIT_MS = 12 * 3_600_000;
const EXPIRES_AFTER_MS = 24 * 3_600_000;

/** A session's content, derived from its record and the other records of its room. */
export interface Derived extends Omit<StoredSession, 'version'> {
  /** It has been scheduled or started, and is not deleted: lists show it. */
  listed: boolean;
  deleted: boolean;
  /** The time past which a watchdog's look changes the answer; null while none does. */
  next_check_at: number | null;
}

/**
 * Derives every session of one room (or one session without a room). All records of the room must be there, the ended
 * and deleted ones too: each holds its claim on the room.
 */
export function deriveRoom(records: readonly SessionRecord[]): Map<string, Derived> {
  return new Map(records.map((record) => [record.id, derive(record, records)]));
}

function derive(record: SessionRecord, room: readonly SessionRecord[]): Derived {
  const life = lifeOf(record, takeoverOf(record, room));
  const times = [
    ...Object.values(record.fields).map((register) => register.token.at),
    record.last_scheduled?.at,
    record.last_start?.at,
    record.end?.token.at,
  ].filter((time) => time != null);
  const created = [record.first_scheduled?.at, record.first_start?.at].filter((time) => time != null);
  const saidAt = times.length > 0 ? msOf(Math.max(...times)) : 0;
  const updatedAt = Math.max(saidAt, life.ended_at ?? saidAt);
  const deleted = record.deleted === true;
  return {
    id: record.id,
    ...fieldsOf(record),
    ...life,
    started_at: record.started_at ?? null,
    counts_after: record.end ? msOf(record.end.token.at) : null,
    created_at: created.length > 0 ? msOf(Math.min(...created)) : updatedAt,
    updated_at: updatedAt,
    listed: created.length > 0 && !deleted,
    deleted,
    next_check_at: deleted ? null : life.next_check_at,
  };
}

function fieldsOf({ fields }: SessionRecord): SessionFields {
  return {
    room_id: fields.room_id?.value ?? null,
    preset_id: fields.preset_id?.value ?? null,
    title: fields.title?.value ?? null,
    description: fields.description?.value ?? null,
    mode: fields.mode?.value ?? null,
    scheduled_start_time: fields.scheduled_start_time?.value ?? null,
    hls_url: fields.hls_url?.value ?? null,
    recording_enabled: fields.recording_enabled?.value ?? null,
    chat_enabled_override: fields.chat_enabled_override?.value ?? null,
    stage_enabled_override: fields.stage_enabled_override?.value ?? null,
    max_join_limit_override: fields.max_join_limit_override?.value ?? null,
  };
}

type Life = Pick<Derived, 'status' | 'health' | 'ended_at' | 'end_reason' | 'next_check_at'>;

const OVER = { status: 'ended', health: null, next_check_at: null } as const;

function lifeOf(record: SessionRecord, takeover: EventToken | undefined): Life {
  const { end, last_start: lastStart } = record;
  if (end && (!lastStart || compareTokens(end.token, lastStart) > 0)) {
    return {
      ...OVER,
      ended_at: Math.max(end.value.at, record.started_at ?? end.value.at),
      end_reason: end.value.reason,
    };
  }
  if (!lastStart) return waiting(record);
  const lease = leaseMsOf(record);
  const startedAt = msOf(lastStart.at);
  const signal = record.last_signal_at ?? startedAt;
  const deadline = lease === null ? startedAt + UNLEASED_LIMIT_MS : signal + lease;
  const takenAt = takeover && msOf(takeover.at);
  if (takenAt !== undefined && takenAt <= deadline) return { ...OVER, ended_at: takenAt, end_reason: 'superseded' };
  const checkedAt = record.checked_at ?? -Infinity;
  if (takenAt !== undefined || checkedAt > deadline) {
    return lease === null
      ? { ...OVER, ended_at: deadline, end_reason: 'timeout' }
      : { ...OVER, ended_at: signal, end_reason: 'lost' };
  }
  const live = { status: 'live', ended_at: null, end_reason: null } as const;
  if (lease === null) return { ...live, health: null, next_check_at: deadline };
  const silentAfter = signal + lease / 2;
  return checkedAt > silentAfter
    ? { ...live, health: 'reconnecting', next_check_at: deadline }
    : { ...live, health: 'ok', next_check_at: silentAfter };
}

/** Scheduled and neither started nor ended: it waits until it expires. */
function waiting(record: SessionRecord): Life {
  const planned = record.fields.scheduled_start_time;
  const saidAt = Math.max(record.last_scheduled?.at ?? -Infinity, planned?.token.at ?? -Infinity);
  const since = planned?.value ?? msOf(saidAt);
  const expiresAt = since + EXPIRES_AFTER_MS;
  const nothing = { health: null, ended_at: null, end_reason: null };
  if (!record.last_scheduled) return { ...nothing, status: 'scheduled', next_check_at: null };
  return (record.checked_at ?? -Infinity) > expiresAt
    ? { ...nothing, status: 'expired', next_check_at: null }
    : { ...nothing, status: 'scheduled', next_check_at: expiresAt };
}

function leaseMsOf({ lease, heartbeats }: SessionRecord): number | null {
  if (lease) return lease.value * 1000;
  return heartbeats ? HEARTBEAT_LEASE_SECONDS * 1000 : null;
}

/** The first start of another session of the room after this one's own last, as far as first and last starts tell. */
function takeoverOf(record: SessionRecord, room: readonly SessionRecord[]): EventToken | undefined {
  const own = record.last_start;
  if (!own || !record.fields.room_id?.value) return undefined;
  let first: EventToken | undefined;
  for (const other of room) {
    if (other.id === record.id) continue;
    const taken = [other.first_start, other.last_start].find((token) => token && compareTokens(token, own) > 0);
    if (taken && (!first || compareTokens(taken, first) < 0)) first = taken;
  }
  return first;
}

/** The record after a watchdog looked at it with an ingest watermark (epoch ms). */
export function check(record: SessionRecord, watermark: number): SessionRecord {
  return watermark > (record.checked_at ?? -Infinity) ? { ...record, checked_at: watermark } : record;
}

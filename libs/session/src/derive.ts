import type { StoredSession } from '#libs/contracts';
import { leaseMsOf } from './lease';
import type { SessionFields, SessionRecord } from './session-record';
import { type EventToken, compareTokens, msOf } from './token';

const UNLEASED_LIMIT_MS = 12 * 3_600_000;
const EXPIRES_AFTER_MS = 24 * 3_600_000;

/** A session's content, derived from its record and the takeover of its room. */
export interface Derived extends Omit<StoredSession, 'version'> {
  /** It has been scheduled or started, and is not deleted: lists show it. */
  listed: boolean;
  deleted: boolean;
  /** The time past which a watchdog's look changes the answer; null while none does. */
  next_check_at: number | null;
}

/**
 * Everything about one session. `takeover`: the first claim of another session on its room after its own last start, by
 * `compareClaims`; undefined: there is none, or it has no room or no start.
 */
export function derive(record: SessionRecord, takeover: EventToken | undefined): Derived {
  const life = lifeOf(record, takeover);
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

/** The record after a watchdog looked at it with an ingest watermark (epoch ms). */
export function check(record: SessionRecord, watermark: number): SessionRecord {
  return watermark > (record.checked_at ?? -Infinity) ? { ...record, checked_at: watermark } : record;
}

/** Whether a version speaks of both: all but the next look is equal. */
export function sameContent(one: Derived, other: Derived): boolean {
  return (Object.keys(one) as (keyof Derived)[]).every((name) => name === 'next_check_at' || one[name] === other[name]);
}

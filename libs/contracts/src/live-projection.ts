import { z } from 'zod';
import { hostState, presetState, roomState } from './events/directory-events';
import { sessionMode } from './events/field';
import { sessionHealth, sessionStatus } from './rest/session';

const ms = z.int();

/**
 * A session's content as it is stored: the row without its fold, times in epoch ms. In Redis only open ones stand
 * (scheduled, live); Postgres gives the same shape for all. Counts are apart: they move on their own.
 */
export const storedSession = z.object({
  id: z.string(),
  version: z.int(),
  room_id: z.string().nullable(),
  preset_id: z.string().nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  status: sessionStatus,
  health: sessionHealth.nullable(),
  mode: sessionMode.nullable(),
  started_at: ms.nullable(),
  ended_at: ms.nullable(),
  end_reason: z.string().nullable(),
  scheduled_start_time: ms.nullable(),
  hls_url: z.string().nullable(),
  recording_enabled: z.boolean().nullable(),
  chat_enabled_override: z.boolean().nullable(),
  stage_enabled_override: z.boolean().nullable(),
  max_join_limit_override: z.int().nullable(),
  /** A count is shown only if it is newer: the time of the last explicit end, null where there is none. */
  counts_after: ms.nullable(),
  created_at: ms,
  updated_at: ms,
});

/** The viewer count register as last reported, and the peak. `version` grows by one with each change of the row. */
export const storedCounts = z.object({
  version: z.int(),
  viewer_count: z.int(),
  viewer_count_at: ms,
  max_viewers: z.int(),
  max_viewers_at: ms,
});

export const storedRoom = roomState.extend({ created_at: ms.nullish(), updated_at: ms.nullish() });
export const storedHost = hostState.extend({ created_at: ms.nullish() });
export const storedPreset = presetState.extend({ created_at: ms.nullish(), updated_at: ms.nullish() });

/** So much older than Redis' clock `fresh_at` may be before an answer is called stale. */
export const STALE_AFTER_SECONDS = 5;

/**
 * The part of the hash `meta` that readers use; what else stands in it is the writer's.
 * `fresh_at` (epoch ms by Redis' clock): what producers had said on Kafka by then is in the projection. The lifecycle
 * service writes it each second, and it never falls within an epoch. Kafka away, a lag, a Redis that takes no writes, and a
 * stopped service all let it grow old. A reader whose `fresh_at` is missing, or older than STALE_AFTER_SECONDS by Redis'
 * clock, calls its answers stale, and gives `fresh_at` with them.
 */
export const projectionMeta = z.object({
  epoch: z.string().regex(/^\d+$/),
  seq: z.string().regex(/^\d+$/),
  ready: z.literal('1').optional(),
  run_id: z.string(),
  fresh_at: z.string().regex(/^\d+$/).optional(),
});

/** How far what a reader of the projection holds can be trusted. */
export interface Freshness {
  isStale: boolean;
  /** It holds all that producers had said by then; epoch ms by Redis' clock. null: that is not known. */
  freshAt: number | null;
  /** For a person; null when it is fresh. */
  why: string | null;
}

/** Why a session left the projection. */
export const removalReason = z.enum(['ended', 'expired', 'deleted']);

export type StoredSession = z.output<typeof storedSession>;
export type StoredCounts = z.output<typeof storedCounts>;
export type StoredRoom = z.output<typeof storedRoom>;
export type StoredHost = z.output<typeof storedHost>;
export type StoredPreset = z.output<typeof storedPreset>;
export type RemovalReason = z.output<typeof removalReason>;

/**
 * One effective change, as the writer is given it and as readers get it from the log. Applied last-write-wins by
 * `version`, per kind and id. `entity: null` is a tombstone. `session_version`: of the open session that the count was
 * read with; a session that was removed later does not take it. It stays with the writer.
 */
export type ProjectionChange =
  | { kind: 'session'; id: string; version: number; session: StoredSession }
  | { kind: 'removed'; id: string; version: number; why: RemovalReason }
  | { kind: 'counts'; id: string; version: number; counts: StoredCounts; session_version?: number }
  | { kind: 'room'; id: string; version: number; entity: StoredRoom | null }
  | { kind: 'host'; id: string; version: number; entity: StoredHost | null }
  | { kind: 'preset'; id: string; version: number; entity: StoredPreset | null };

/** A place in the life of the projection. A greater epoch is later, whatever its seq. */
export interface Position {
  epoch: number;
  seq: number;
}

/** Whether `a` is earlier in the life of the projection than `b`. */
export function isBefore(a: Position, b: Position): boolean {
  return a.epoch < b.epoch || (a.epoch === b.epoch && a.seq < b.seq);
}

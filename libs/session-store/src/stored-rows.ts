import type { StoredCounts, StoredSession } from '#libs/contracts';

/** SQL that reads a session's content from a row named `s`, times as epoch ms. */
export const SESSION_COLUMNS = `s.id, s.version, s.room_id, s.preset_id, s.title, s.description, s.status, s.health, s.mode,
  s.started_at, s.ended_at, s.end_reason, s.scheduled_start_time, s.hls_url, s.recording_enabled,
  s.chat_enabled_override, s.stage_enabled_override, s.max_join_limit_override, s.counts_after, s.created_at, s.updated_at,
  s.listed, s.deleted`;

export const COUNT_COLUMNS = `c.version AS counts_version, c.viewer_count, c.viewer_count_at, c.max_viewers, c.max_viewers_at`;

/** A row of SESSION_COLUMNS as the driver gives it. */
export interface SessionColumns extends Omit<StoredSession, 'version' | 'max_join_limit_override' | TimeField> {
  version: string;
  max_join_limit_override: string | null;
  started_at: Date | null;
  ended_at: Date | null;
  scheduled_start_time: Date | null;
  counts_after: Date | null;
  created_at: Date;
  updated_at: Date;
  listed: boolean;
  deleted: boolean;
}

type TimeField = 'started_at' | 'ended_at' | 'scheduled_start_time' | 'counts_after' | 'created_at' | 'updated_at';

/** A row of COUNT_COLUMNS; all null where the session was never counted. */
export interface CountColumns {
  counts_version: string | null;
  viewer_count: number | null;
  viewer_count_at: Date | null;
  max_viewers: number | null;
  max_viewers_at: Date | null;
}

export function storedSession(row: SessionColumns): StoredSession {
  return {
    id: row.id,
    version: Number(row.version),
    room_id: row.room_id,
    preset_id: row.preset_id,
    title: row.title,
    description: row.description,
    status: row.status,
    health: row.health,
    mode: row.mode,
    started_at: row.started_at?.getTime() ?? null,
    ended_at: row.ended_at?.getTime() ?? null,
    end_reason: row.end_reason,
    scheduled_start_time: row.scheduled_start_time?.getTime() ?? null,
    hls_url: row.hls_url,
    recording_enabled: row.recording_enabled,
    chat_enabled_override: row.chat_enabled_override,
    stage_enabled_override: row.stage_enabled_override,
    max_join_limit_override: row.max_join_limit_override === null ? null : Number(row.max_join_limit_override),
    counts_after: row.counts_after?.getTime() ?? null,
    created_at: row.created_at.getTime(),
    updated_at: row.updated_at.getTime(),
  };
}

export function storedCounts(row: CountColumns): StoredCounts | null {
  const { counts_version: version, viewer_count, viewer_count_at, max_viewers, max_viewers_at } = row;
  if (version === null || viewer_count === null || max_viewers === null || !viewer_count_at || !max_viewers_at)
    return null;
  return {
    version: Number(version),
    viewer_count,
    viewer_count_at: viewer_count_at.getTime(),
    max_viewers,
    max_viewers_at: max_viewers_at.getTime(),
  };
}

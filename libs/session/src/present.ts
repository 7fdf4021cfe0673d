import {
  type Card,
  PRESET_FLAGS,
  type RestHost,
  type RestPreset,
  type RestRoom,
  type RestSession,
  type StoredCounts,
  type StoredHost,
  type StoredPreset,
  type StoredRoom,
  type StoredSession,
} from '#libs/contracts';
import { type Audience, maskEmail } from './audience';
import { shownCount } from './shown-count';

/** A session with all that is shown with it; what has not arrived is null. */
export interface Presentable {
  session: StoredSession;
  counts: StoredCounts | null;
  room: (StoredRoom & { id: string }) | null;
  host: (StoredHost & { id: string }) | null;
  preset: (StoredPreset & { id: string }) | null;
  /** The live session of its room. */
  activeSessionId: string | null;
}

/** Whether this audience may see the counts of a session; the only place that decides it. */
export function countsAreVisible(
  { session, preset }: Pick<Presentable, 'session' | 'preset'>,
  audience: Audience,
): boolean {
  // A preset that is named but unknown may turn out to hide them.
  const hidden = session.preset_id !== null && (preset === null || preset.viewer_count_visible === false);
  return !hidden || audience.hiddenCounts;
}

/** Count and peak as this audience may see them. */
export function visibleCounts(
  { session, counts, preset }: Pick<Presentable, 'session' | 'counts' | 'preset'>,
  audience: Audience,
): {
  viewer_count: number | null;
  viewer_count_at: number | null;
  max_viewers: number | null;
  max_viewers_at: number | null;
} {
  if (!countsAreVisible({ session, preset }, audience)) {
    return { viewer_count: null, viewer_count_at: null, max_viewers: null, max_viewers_at: null };
  }
  const peak = { max_viewers: counts?.max_viewers ?? null, max_viewers_at: counts?.max_viewers_at ?? null };
  if (session.status !== 'live') {
    return { viewer_count: session.status === 'scheduled' ? null : 0, viewer_count_at: null, ...peak };
  }
  const fresh = counts !== null && counts.viewer_count_at > (session.counts_after ?? -Infinity);
  return {
    viewer_count: fresh ? counts.viewer_count : null,
    viewer_count_at: fresh ? counts.viewer_count_at : null,
    ...peak,
  };
}

/** The REST form. `now` in epoch ms: a live session's duration runs to it. */
export function presentSession(shown: Presentable, audience: Audience, now: number): RestSession {
  const { session, preset } = shown;
  const counts = visibleCounts(shown, audience);
  return {
    id: session.id,
    room_id: session.room_id,
    room: presentRoom(shown, audience),
    preset: preset && presentPreset(preset),
    title: session.title,
    description: session.description,
    status: session.status,
    mode: session.mode,
    started_at: time(session.started_at),
    ended_at: time(session.ended_at),
    duration: durationOf(session, now),
    scheduled_start_time: time(session.scheduled_start_time),
    viewer_count: counts.viewer_count,
    max_viewers: counts.max_viewers,
    recording_enabled: session.recording_enabled,
    hls_url: session.hls_url,
    chat_enabled_override: session.chat_enabled_override,
    stage_enabled_override: session.stage_enabled_override,
    max_join_limit_override: session.max_join_limit_override,
    effective_chat_enabled: session.chat_enabled_override ?? preset?.chat_enabled ?? null,
    effective_stage_enabled: session.stage_enabled_override ?? preset?.stage_enabled ?? null,
    effective_max_join_limit: session.max_join_limit_override ?? preset?.max_join_limit ?? null,
    created_at: iso(session.created_at),
    updated_at: iso(session.updated_at),
    viewer_count_at: time(counts.viewer_count_at),
    max_viewers_at: time(counts.max_viewers_at),
    health: session.health,
    end_reason: session.end_reason,
    version: session.version,
  };
}

/** The short form for pushed lists. Counts are shown numbers unless `exact`. Only open sessions have one. */
export function presentCard(shown: Omit<Presentable, 'activeSessionId'>, audience: Audience, exact = false): Card {
  const { session, room, host } = shown;
  const { viewer_count: count, max_viewers: peak } = visibleCounts(shown, audience);
  const number = (value: number | null) => (value === null || exact ? value : shownCount(value));
  return {
    id: session.id,
    room_id: session.room_id,
    title: session.title,
    status: session.status === 'live' ? 'live' : 'scheduled',
    mode: session.mode,
    host_username: host?.username ?? null,
    room_title: room?.title ?? null,
    started_at: time(session.started_at),
    scheduled_start_time: time(session.scheduled_start_time),
    viewer_count: number(count),
    max_viewers: number(peak),
    hls_url: session.hls_url,
    health: session.health,
    version: session.version,
  };
}

function presentRoom({ room, host, activeSessionId }: Presentable, audience: Audience): RestRoom | null {
  if (!room) return null;
  const tag = room.analytics?.google_tag_manager;
  return {
    id: room.id,
    host_id: room.host_id ?? null,
    host: host && presentHost(host, audience),
    library_id: room.library_id ?? null,
    title: room.title ?? null,
    description: room.description ?? null,
    analytics: room.analytics
      ? { google_tag_manager: tag ? { container_id: tag.container_id ?? null, enabled: tag.enabled ?? null } : null }
      : null,
    active_session_id: activeSessionId,
    created_at: time(room.created_at),
    updated_at: time(room.updated_at),
  };
}

function presentHost(host: StoredHost & { id: string }, { privateFields }: Audience): RestHost {
  const email = host.email ?? null;
  return {
    id: host.id,
    external_user_id: privateFields ? (host.external_user_id ?? null) : null,
    organization_id: privateFields ? (host.organization_id ?? null) : null,
    email: email === null || privateFields ? email : maskEmail(email),
    username: host.username ?? null,
    role: host.role ?? null,
    is_active: host.is_active ?? null,
    created_at: time(host.created_at),
  };
}

function presentPreset(preset: StoredPreset & { id: string }): RestPreset {
  const flags = Object.fromEntries(PRESET_FLAGS.map((name) => [name, preset[name] ?? null]));
  return {
    id: preset.id,
    user_id: preset.user_id ?? null,
    library_id: preset.library_id ?? null,
    name: preset.name ?? null,
    type: preset.type ?? null,
    max_join_limit: preset.max_join_limit ?? null,
    primary_color: preset.primary_color ?? null,
    logo: preset.logo ?? null,
    logo_destination_url: preset.logo_destination_url ?? null,
    ...(flags as Pick<RestPreset, (typeof PRESET_FLAGS)[number]>),
    created_at: time(preset.created_at),
    updated_at: time(preset.updated_at),
  };
}

function durationOf({ status, started_at: start, ended_at: end }: StoredSession, now: number): number | null {
  if (start === null) return null;
  const until = status === 'live' ? now : end;
  return until === null ? null : Math.max(0, Math.floor((until - start) / 1000));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function time(ms: number | null | undefined): string | null {
  return ms == null ? null : iso(ms);
}

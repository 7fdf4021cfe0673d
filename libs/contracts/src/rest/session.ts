import { z } from 'zod';
import { PRESET_FLAGS, type PresetFlag } from '../events/directory-events';
import { hostRole, presetType, sessionMode } from '../events/field';

const id = z.guid();
/** RFC 3339 UTC with milliseconds. */
const time = z.iso.datetime({ precision: 3 });
const count = z.int().nonnegative();
const flag = z.boolean().nullable();

export const sessionStatus = z.enum(['scheduled', 'live', 'ended', 'expired']);
/** Whether a live session with a lease still signals; null for a session without a lease or not live. */
export const sessionHealth = z.enum(['ok', 'reconnecting']);

export const restHost = z.object({
  id,
  external_user_id: z.string().nullable().describe('Needs the scope `sessions:private`.'),
  organization_id: id.nullable().describe('Needs the scope `sessions:private`.'),
  email: z.string().nullable().describe('Masked without the scope `sessions:private`.'),
  username: z.string().nullable(),
  role: hostRole.nullable(),
  is_active: flag,
  created_at: time.nullable(),
});

export const tagManager = z.object({ container_id: z.string().nullable(), enabled: flag });
export const roomAnalytics = z.object({ google_tag_manager: tagManager.nullable() });

export const restRoom = z.object({
  id,
  host_id: id.nullable(),
  host: restHost.nullable(),
  library_id: id.nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  analytics: roomAnalytics.nullable(),
  active_session_id: id.nullable().describe('The live session of the room.'),
  created_at: time.nullable(),
  updated_at: time.nullable(),
});

const presetFlags = Object.fromEntries(PRESET_FLAGS.map((name) => [name, flag])) as Record<PresetFlag, typeof flag>;

export const restPreset = z.object({
  id,
  user_id: id.nullable(),
  library_id: id.nullable(),
  name: z.string().nullable(),
  type: presetType.nullable(),
  max_join_limit: count.nullable(),
  primary_color: z.string().nullable(),
  logo: z.string().nullable(),
  logo_destination_url: z.string().nullable(),
  ...presetFlags,
  created_at: time.nullable(),
  updated_at: time.nullable(),
});

/** One session as `GET /sessions` gives it: the contract's keys, then Marquee's own. Every key is always present. */
export const restSession = z.object({
  id,
  room_id: id.nullable(),
  room: restRoom.nullable(),
  preset: restPreset.nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  status: sessionStatus,
  mode: sessionMode.nullable(),
  started_at: time.nullable(),
  ended_at: time.nullable(),
  duration: count.nullable().describe('Whole seconds from the start to the end; of a live one to the `timestamp`.'),
  scheduled_start_time: time.nullable(),
  viewer_count: count.nullable().describe('Watching now, as last reported; null: not reported, or hidden.'),
  max_viewers: count.nullable().describe('The peak of this session; kept after its end.'),
  recording_enabled: flag,
  hls_url: z.string().nullable(),
  chat_enabled_override: flag,
  stage_enabled_override: flag,
  max_join_limit_override: count.nullable(),
  effective_chat_enabled: flag.describe("The override where it is set, else the preset's value."),
  effective_stage_enabled: flag,
  effective_max_join_limit: count.nullable(),
  created_at: time,
  updated_at: time,
  viewer_count_at: time.nullable().describe('When the count was reported.'),
  max_viewers_at: time.nullable().describe('When the peak was reached first.'),
  health: sessionHealth.nullable().describe('Of a live one with a lease: whether it still signals.'),
  end_reason: z.string().nullable().describe('Its own, or `lost`, `timeout`, `superseded`.'),
  version: count.describe('Grows by one with each change of the session; counts are no change.'),
});

export type SessionStatus = z.output<typeof sessionStatus>;
export type SessionHealth = z.output<typeof sessionHealth>;
export type RestHost = z.output<typeof restHost>;
export type RestRoom = z.output<typeof restRoom>;
export type RestPreset = z.output<typeof restPreset>;
export type RestSession = z.output<typeof restSession>;

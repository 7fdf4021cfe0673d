import { z } from 'zod';
import { eventOf } from './envelope';
import { hostRole, presetType, text, uuid } from './field';
import { instant } from './instant';

const flag = z.boolean().nullish();
const line = text(0, 1024).nullish();

export const tagManagerState = z.object({ container_id: text(0, 255).nullish(), enabled: flag });
export const analyticsState = z.object({ google_tag_manager: tagManagerState.nullish() });

/** A room's full state; what is absent or null is not set. */
export const roomState = z.object({
  host_id: uuid.nullish(),
  library_id: uuid.nullish(),
  title: line,
  description: text(0, 10_000).nullish(),
  analytics: analyticsState.nullish(),
  created_at: instant.nullish(),
  updated_at: instant.nullish(),
});

/** A host's full state. `email`, `external_user_id` and `organization_id` are private. */
export const hostState = z.object({
  external_user_id: text(0, 255).nullish(),
  organization_id: uuid.nullish(),
  email: text(0, 320).nullish(),
  username: text(0, 255).nullish(),
  role: hostRole.nullish(),
  is_active: flag,
  created_at: instant.nullish(),
});

/** The preset's switches, in the order of the REST contract. */
export const PRESET_FLAGS = [
  'stage_enabled',
  'chat_enabled',
  'poll_enabled',
  'viewer_count_visible',
  'host_add_co_host',
  'host_camera_enabled',
  'host_screen_share',
  'host_chat_send_text',
  'host_chat_send_file',
  'host_chat_receive_message',
  'host_poll_create',
  'host_poll_vote',
  'host_poll_view',
  'onstage_camera_enabled',
  'onstage_screen_share',
  'onstage_viewer_view',
  'audience_stage_join_request',
  'audience_can_see_participants',
  'audience_chat_send_text',
  'audience_chat_send_file',
  'audience_chat_receive_message',
  'audience_poll_create',
  'audience_poll_vote',
  'audience_poll_view',
  'moderator_manage_stage',
  'moderator_manage_chat',
  'moderator_manage_poll',
  'recording_enabled',
  'is_default',
] as const;

export type PresetFlag = (typeof PRESET_FLAGS)[number];

const presetFlags = Object.fromEntries(PRESET_FLAGS.map((name) => [name, flag])) as Record<PresetFlag, typeof flag>;

/** A preset's full state. */
export const presetState = z.object({
  user_id: uuid.nullish(),
  library_id: uuid.nullish(),
  name: line,
  type: presetType.nullish(),
  max_join_limit: z.int().min(0).max(1_000_000_000).nullish(),
  primary_color: text(0, 64).nullish(),
  logo: text(0, 2048).nullish(),
  logo_destination_url: text(0, 2048).nullish(),
  ...presetFlags,
  created_at: instant.nullish(),
  updated_at: instant.nullish(),
});

export const roomChanged = eventOf('room.changed.v1', roomState);
export const hostChanged = eventOf('host.changed.v1', hostState);
export const presetChanged = eventOf('preset.changed.v1', presetState);

export const directoryEvent = z.discriminatedUnion('type', [roomChanged, hostChanged, presetChanged]);

export type RoomState = z.output<typeof roomState>;
export type HostState = z.output<typeof hostState>;
export type PresetState = z.output<typeof presetState>;
export type DirectoryEvent = z.output<typeof directoryEvent>;

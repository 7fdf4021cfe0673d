import { z } from 'zod';
import { eventOf, noData } from './envelope';
import { httpUrl, sessionMode, text, uuid } from './field';
import { instant } from './instant';

const title = text(3, 255);
const description = text(0, 10_000);
const joinLimit = z.int().min(0).max(1_000_000_000);

export const scheduledData = z.object({
  room_id: uuid,
  title,
  mode: sessionMode,
  preset_id: uuid.nullish(),
  description: description.nullish(),
  scheduled_start_time: instant.nullish(),
  recording_enabled: z.boolean().nullish(),
});

export const startedData = z.object({
  room_id: uuid.nullish(),
  preset_id: uuid.nullish(),
  title: title.nullish(),
  description: description.nullish(),
  mode: sessionMode.nullish(),
  started_at: instant.nullish(),
  hls_url: httpUrl.nullish(),
  recording_enabled: z.boolean().nullish(),
  lease_seconds: z.int().min(5).max(1800).nullish(),
});

/** Only the fields that are present are touched; `null` clears, except title and mode, where it means absent. */
export const updatedData = z.object({
  title: title.nullish(),
  description: description.nullish(),
  mode: sessionMode.nullish(),
  preset_id: uuid.nullish(),
  scheduled_start_time: instant.nullish(),
  hls_url: httpUrl.nullish(),
  recording_enabled: z.boolean().nullish(),
  chat_enabled_override: z.boolean().nullish(),
  stage_enabled_override: z.boolean().nullish(),
  max_join_limit_override: joinLimit.nullish(),
});

export const endedData = z.object({ ended_at: instant.nullish(), reason: text(1, 255).nullish() });

export const sessionScheduled = eventOf('session.scheduled.v1', scheduledData);
export const sessionStarted = eventOf(
  'session.started.v1',
  startedData.nullish().transform((data) => data ?? {}),
);
export const sessionUpdated = eventOf('session.updated.v1', updatedData);
export const sessionEnded = eventOf(
  'session.ended.v1',
  endedData.nullish().transform((data) => data ?? {}),
);

export const sessionHeartbeat = eventOf('session.heartbeat.v1', noData);
export const sessionDeleted = eventOf('session.deleted.v1', noData);

export const sessionEvent = z.discriminatedUnion('type', [
  sessionScheduled,
  sessionStarted,
  sessionUpdated,
  sessionEnded,
  sessionHeartbeat,
  sessionDeleted,
]);

/** What a producer says of one session's life, parsed: times in epoch ms, ids in lower case. */
export type SessionEvent = z.output<typeof sessionEvent>;

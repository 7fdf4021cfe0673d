import type {
  hostChanged,
  presetChanged,
  roomChanged,
  sessionEnded,
  sessionScheduled,
  sessionStarted,
  sessionUpdated,
  viewersCounted,
} from '#libs/contracts';
import type { z } from 'zod';

type DataOf<S extends z.ZodType<unknown, { data?: unknown }>> = z.input<S>['data'];

/** What a producer writes into `data`, by type. */
export interface EventData {
  'session.scheduled.v1': DataOf<typeof sessionScheduled>;
  'session.started.v1': DataOf<typeof sessionStarted>;
  'session.updated.v1': DataOf<typeof sessionUpdated>;
  'session.ended.v1': DataOf<typeof sessionEnded>;
  'session.heartbeat.v1': undefined;
  'session.deleted.v1': undefined;
  'viewers.counted.v1': DataOf<typeof viewersCounted>;
  'room.changed.v1': DataOf<typeof roomChanged>;
  'host.changed.v1': DataOf<typeof hostChanged>;
  'preset.changed.v1': DataOf<typeof presetChanged>;
}

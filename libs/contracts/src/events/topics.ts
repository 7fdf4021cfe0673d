import { hostChanged, presetChanged, roomChanged } from './directory-events';
import {
  sessionDeleted,
  sessionEnded,
  sessionHeartbeat,
  sessionScheduled,
  sessionStarted,
  sessionUpdated,
} from './session-events';
import { viewersCounted } from './viewer-events';

/** The last part of a topic's name; the prefix (`marquee` by default) comes from configuration. */
export type TopicName = 'sessions' | 'viewers' | 'directory';

export const TOPICS: Record<TopicName, { partitions: number; compacted: boolean }> = {
  sessions: { partitions: 12, compacted: false },
  viewers: { partitions: 12, compacted: false },
  directory: { partitions: 3, compacted: true },
};

/** Every event type, its schema, and the topic it belongs on. A Map: a type like `valueOf` finds nothing. */
export const EVENT_TYPES = new Map(
  (
    [
      ['sessions', sessionScheduled],
      ['sessions', sessionStarted],
      ['sessions', sessionUpdated],
      ['sessions', sessionEnded],
      ['sessions', sessionHeartbeat],
      ['sessions', sessionDeleted],
      ['viewers', viewersCounted],
      ['directory', roomChanged],
      ['directory', hostChanged],
      ['directory', presetChanged],
    ] as const
  ).map(([topic, schema]) => [schema.shape.type.value as string, { topic, schema }]),
);

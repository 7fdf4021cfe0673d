import { byeFrame, deltaFrame, heartbeatFrame, resetFrame, snapshotFrame } from '../socket/frames';
import { card } from '../socket/card';

/** The frames that a stream carries, by the name of their schema. */
export const FRAME_COMPONENTS = {
  Card: card,
  Snapshot: snapshotFrame,
  Delta: deltaFrame,
  Heartbeat: heartbeatFrame,
  Reset: resetFrame,
  Bye: byeFrame,
};

const ID = {
  type: 'string',
  pattern: '^\\d{1,15}\\.\\d{1,15}$',
  description: '`epoch.seq`: what a client sends as `Last-Event-ID` when it comes again.',
};
const RETRY = { type: 'integer', minimum: 0, description: 'Milliseconds to wait before coming again.' };

/**
 * The events of `GET /sessions/stream`, as the fields of `text/event-stream`. The form of an item is the one of
 * OpenAPI 3.2's `itemSchema`, in the words that OpenAPI 3.1 has: `contentMediaType` and `contentSchema`.
 */
export const STREAM_SCHEMAS = {
  StreamEvent: { oneOf: ['Snapshot', 'Delta', 'Heartbeat', 'Reset', 'Bye'].map((of) => ref(`${of}Event`)) },
  SnapshotEvent: event('snapshot', 'Snapshot', { id: ID }),
  DeltaEvent: event('delta', 'Delta', { id: ID }),
  HeartbeatEvent: event('heartbeat', 'Heartbeat', { id: ID }),
  ResetEvent: event('reset', 'Reset'),
  ByeEvent: event('bye', 'Bye', { retry: RETRY }),
};

/** The whole stream: a text of such events. */
export const STREAM_BODY = {
  type: 'string',
  contentMediaType: 'text/event-stream',
  contentSchema: { type: 'array', items: ref('StreamEvent') },
};

function event(name: string, frame: keyof typeof FRAME_COMPONENTS, more: Record<string, object> = {}) {
  return {
    type: 'object',
    properties: {
      event: { const: name },
      ...more,
      data: { type: 'string', contentMediaType: 'application/json', contentSchema: ref(frame) },
    },
    required: ['event', ...Object.keys(more), 'data'],
  };
}

function ref(name: string) {
  return { $ref: `#/components/schemas/${name}` };
}

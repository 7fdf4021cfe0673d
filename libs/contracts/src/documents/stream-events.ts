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
 * The events of `GET /sessions/stream`, by the fields of `text/event-stream`; `data` holds a frame as JSON. OpenAPI 3.1
 * has no `itemSchema`: as is usual before 3.2, the schema of the stream is the one of each event.
 */
export const STREAM_SCHEMAS = {
  StreamEvent: { oneOf: ['Snapshot', 'Delta', 'Heartbeat', 'Reset', 'Bye'].map((of) => ref(`${of}Event`)) },
  SnapshotEvent: event('snapshot', 'Snapshot', { id: ID }),
  DeltaEvent: event('delta', 'Delta', { id: ID }),
  HeartbeatEvent: event('heartbeat', 'Heartbeat', { id: ID }),
  ResetEvent: event('reset', 'Reset'),
  ByeEvent: event('bye', 'Bye', { retry: RETRY }),
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

import type { TopicName } from '#libs/contracts';
import type { EventData } from './event-data';

export type EventType = keyof EventData;

/**
 * What happened. `subject` is the session, or the entity, that it is about. What is left out is filled in: `id` (new),
 * `source` (the client's), `time` (now, growing per subject), `sequence` (growing).
 */
export type EventInput = {
  [T in EventType]: {
    type: T;
    subject: string;
    id?: string;
    source?: string;
    /** When it happened. */
    time?: Date | number | string;
    /** Orders the events of a producer that happened in the same millisecond. */
    sequence?: string | number;
    traceparent?: string;
  } & (undefined extends EventData[T] ? { data?: EventData[T] } : { data: EventData[T] });
}[EventType];

/** A CloudEvent as it is sent. Given to `emit` again it is the same event, which counts once. */
export type CloudEvent = EventInput & {
  specversion: '1.0';
  id: string;
  source: string;
  time: string;
  sequence: string;
};

/** The topic that a type belongs on. */
export function topicOf(type: EventType): TopicName {
  if (type === 'viewers.counted.v1') return 'viewers';
  return type.startsWith('session.') ? 'sessions' : 'directory';
}

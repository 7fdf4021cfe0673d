import { z } from 'zod';
import { hostChanged, presetChanged, roomChanged } from '../events/directory-events';
import { saysDataBase64 } from '../events/event-json-schema';
import {
  sessionDeleted,
  sessionEnded,
  sessionHeartbeat,
  sessionScheduled,
  sessionStarted,
  sessionUpdated,
} from '../events/session-events';
import { viewersCounted } from '../events/viewer-events';
import { errorAnswer, sessionAnswer, sessionListAnswer, stats, statsAnswer } from '../rest/answers';
import { eventsAnswer, loggedEvent, viewersAnswer, viewersPart, viewersPoint } from '../rest/history';
import { acceptedEvent, sentEventsAnswer } from '../rest/sent-events';
import { restHost, restPreset, restRoom, restSession } from '../rest/session';
import { card } from '../socket/card';
import {
  byeFrame,
  deltaFrame,
  errorFrame,
  heartbeatFrame,
  leftFrame,
  resetFrame,
  snapshotFrame,
  tokenExpiresFrame,
} from '../socket/frames';
import {
  done,
  refusal,
  subscribeRequest,
  subscribed,
  tokenRequest,
  tokenTaken,
  unsubscribeRequest,
  unwatchRequest,
  viewQuery,
  watchMoreRequest,
  watchRequest,
} from '../socket/requests';

/** What the documents call the shapes that several of their parts name. */
export const REST_COMPONENTS = {
  Session: restSession,
  Room: restRoom,
  Host: restHost,
  Preset: restPreset,
  SessionList: sessionListAnswer,
  SessionAnswer: sessionAnswer,
  Stats: stats,
  StatsAnswer: statsAnswer,
  ViewersPart: viewersPart,
  ViewersPoint: viewersPoint,
  ViewersAnswer: viewersAnswer,
  LoggedEvent: loggedEvent,
  EventsAnswer: eventsAnswer,
  AcceptedEvent: acceptedEvent,
  SentEventsAnswer: sentEventsAnswer,
  Error: errorAnswer,
};

export const EVENT_COMPONENTS = {
  SessionScheduled: sessionScheduled,
  SessionStarted: sessionStarted,
  SessionUpdated: sessionUpdated,
  SessionEnded: sessionEnded,
  SessionHeartbeat: sessionHeartbeat,
  SessionDeleted: sessionDeleted,
  ViewersCounted: viewersCounted,
  RoomChanged: roomChanged,
  HostChanged: hostChanged,
  PresetChanged: presetChanged,
};

export const SOCKET_COMPONENTS = {
  Card: card,
  ViewQuery: viewQuery,
  SubscribeRequest: subscribeRequest,
  UnsubscribeRequest: unsubscribeRequest,
  WatchRequest: watchRequest,
  WatchMoreRequest: watchMoreRequest,
  UnwatchRequest: unwatchRequest,
  TokenRequest: tokenRequest,
  Subscribed: subscribed,
  Done: done,
  TokenTaken: tokenTaken,
  Refusal: refusal,
  Snapshot: snapshotFrame,
  Delta: deltaFrame,
  Heartbeat: heartbeatFrame,
  Reset: resetFrame,
  Left: leftFrame,
  TokenExpires: tokenExpiresFrame,
  Bye: byeFrame,
  RequestError: errorFrame,
};

/** JSON Schemas by name, as they stand on the wire; one that holds another refers to it. */
export function componentSchemas(
  components: Record<string, z.ZodType>,
  target: 'draft-2020-12' | 'draft-7' = 'draft-2020-12',
): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id });
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { target, io: 'input', uri, override: saysDataBase64 });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _schema, $id: _id, ...schema }]) => [name, readable(schema)]),
  );
}

/** The JSON Schema of one shape, without a name. */
export function inlineSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return readable(rest);
}

/** Leaves out what says nothing to a reader: the pattern behind a format, the bounds of what a number can hold. */
function readable<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(readable) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const { format } = schema as { format?: unknown };
  const said = Object.entries(schema).filter(
    ([name, value]) =>
      !(name === 'pattern' && (format === 'uuid' || format === 'date-time')) &&
      !(name === 'minimum' && value === Number.MIN_SAFE_INTEGER) &&
      !(name === 'maximum' && value === Number.MAX_SAFE_INTEGER),
  );
  return Object.fromEntries(said.map(([name, value]) => [name, readable(value)])) as T;
}

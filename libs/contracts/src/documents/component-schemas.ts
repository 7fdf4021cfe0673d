import { z } from 'zod';
import {
  analyticsState,
  hostChanged,
  hostState,
  presetChanged,
  presetState,
  roomChanged,
  roomState,
  tagManagerState,
} from '../events/directory-events';
import { saysDataBase64 } from '../events/event-json-schema';
import {
  endedData,
  scheduledData,
  sessionDeleted,
  sessionEnded,
  sessionHeartbeat,
  sessionScheduled,
  sessionStarted,
  sessionUpdated,
  startedData,
  updatedData,
} from '../events/session-events';
import { countedData, viewersCounted } from '../events/viewer-events';
import { errorDetail, sessionAnswer, sessionListAnswer, sessionPage, stats, statsAnswer } from '../rest/answers';
import {
  eventAtPlace,
  eventForgotten,
  eventIdentity,
  eventInGap,
  eventInQuarantine,
  eventPassed,
  eventPlaceAnswer,
  eventQuarantined,
  eventRecorded,
  eventUnseen,
  offsetGap,
} from '../rest/event-place';
import {
  eventLog,
  eventPlace,
  eventsAnswer,
  loggedData,
  loggedEvent,
  viewerHistory,
  viewersAnswer,
  viewersPart,
  viewersPoint,
} from '../rest/history';
import { acceptedEvent, sentEvents, sentEventsAnswer } from '../rest/sent-events';
import { restHost, restPreset, restRoom, restSession, roomAnalytics, tagManager } from '../rest/session';
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

/** The shapes of REST by their names in the documents. Every object has a name: generators would invent one. */
export const REST_COMPONENTS = {
  Session: restSession,
  Room: restRoom,
  Host: restHost,
  Preset: restPreset,
  RoomAnalytics: roomAnalytics,
  TagManager: tagManager,
  SessionPage: sessionPage,
  SessionList: sessionListAnswer,
  SessionAnswer: sessionAnswer,
  Stats: stats,
  StatsAnswer: statsAnswer,
  ViewersPart: viewersPart,
  ViewersPoint: viewersPoint,
  ViewerHistory: viewerHistory,
  ViewersAnswer: viewersAnswer,
  EventPlace: eventPlace,
  LoggedData: loggedData,
  LoggedEvent: loggedEvent,
  EventLog: eventLog,
  EventsAnswer: eventsAnswer,
  AcceptedEvent: acceptedEvent,
  SentEvents: sentEvents,
  SentEventsAnswer: sentEventsAnswer,
  EventIdentity: eventIdentity,
  EventInQuarantine: eventInQuarantine,
  OffsetGap: offsetGap,
  EventUnseen: eventUnseen,
  EventRecorded: eventRecorded,
  EventQuarantined: eventQuarantined,
  EventPassed: eventPassed,
  EventInGap: eventInGap,
  EventForgotten: eventForgotten,
  EventAtPlace: eventAtPlace,
  EventPlaceAnswer: eventPlaceAnswer,
  ErrorDetail: errorDetail,
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

/** The `data` of events, by the name of its shape. */
export const EVENT_DATA_COMPONENTS = {
  ScheduledData: scheduledData,
  StartedData: startedData,
  UpdatedData: updatedData,
  EndedData: endedData,
  CountedData: countedData,
  RoomState: roomState,
  AnalyticsState: analyticsState,
  TagManagerState: tagManagerState,
  HostState: hostState,
  PresetState: presetState,
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
  const { format, prefixItems } = schema as { format?: unknown; prefixItems?: unknown[] };
  const said = Object.entries(schema).filter(
    ([name, value]) =>
      !(name === 'pattern' && (format === 'uuid' || format === 'date-time')) &&
      !(name === 'minimum' && value === Number.MIN_SAFE_INTEGER) &&
      !(name === 'maximum' && value === Number.MAX_SAFE_INTEGER) &&
      !(name === 'items' && value === false) &&
      // Generators take what has a default for present.
      !(name === 'default' && value === null),
  );
  // The bounds say the same as `items: false`, which generators do not read; linters want `items` nevertheless.
  const bounds = prefixItems && { items: {}, minItems: prefixItems.length, maxItems: prefixItems.length };
  return { ...Object.fromEntries(said.map(([name, value]) => [name, readable(value)])), ...bounds } as T;
}

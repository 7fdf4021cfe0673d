import { z } from 'zod';
import { saysDataBase64 } from './events/event-json-schema';
import { EVENT_TYPES } from './events/topics';
import { projectionMeta, storedCounts, storedHost, storedPreset, storedRoom, storedSession } from './live-projection';
import { errorAnswer, sessionAnswer, sessionListAnswer, statsAnswer } from './rest/answers';
import { eventsAnswer, eventsQuery, viewersAnswer, viewersQuery } from './rest/history';
import { listQuery, liveListQuery, roomListQuery, roomParams, sessionParams } from './rest/list-query';
import { sentEventsAnswer } from './rest/sent-events';
import { streamQuery } from './rest/stream-query';
import {
  byeFrame,
  deltaFrame,
  errorFrame,
  heartbeatFrame,
  leftFrame,
  resetFrame,
  snapshotFrame,
  tokenExpiresFrame,
} from './socket/frames';
import {
  done,
  refusal,
  subscribeRequest,
  subscribed,
  tokenRequest,
  tokenTaken,
  unsubscribeRequest,
  unwatchRequest,
  watchMoreRequest,
  watchRequest,
} from './socket/requests';

const REST = {
  listQuery,
  liveListQuery,
  roomListQuery,
  roomParams,
  sessionParams,
  sessionListAnswer,
  sessionAnswer,
  statsAnswer,
  viewersQuery,
  viewersAnswer,
  eventsQuery,
  eventsAnswer,
  streamQuery,
  sentEventsAnswer,
  errorAnswer,
};
const SOCKET = {
  subscribeRequest,
  unsubscribeRequest,
  watchRequest,
  watchMoreRequest,
  unwatchRequest,
  tokenRequest,
  subscribed,
  done,
  tokenTaken,
  refusal,
  snapshotFrame,
  deltaFrame,
  heartbeatFrame,
  resetFrame,
  leftFrame,
  tokenExpiresFrame,
  byeFrame,
  errorFrame,
};
const PROJECTION = { projectionMeta, storedSession, storedCounts, storedRoom, storedHost, storedPreset };

/** Every contract as JSON Schema 2020-12 of what stands on the wire, by `group/name`. */
export function contractSchemas(): Map<string, object> {
  const groups: [string, [string, z.ZodType][]][] = [
    ['events', [...EVENT_TYPES].map(([type, { schema }]) => [type, schema])],
    ['rest', Object.entries(REST)],
    ['socket', Object.entries(SOCKET)],
    ['projection', Object.entries(PROJECTION)],
  ];
  return new Map(
    groups.flatMap(([group, schemas]) =>
      schemas.map(
        ([name, schema]) =>
          [`${group}/${name}`, z.toJSONSchema(schema, { io: 'input', override: saysDataBase64 })] as const,
      ),
    ),
  );
}

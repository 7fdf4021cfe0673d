import { eventsQuery, sessionParams, viewersQuery } from '#libs/contracts';
import { parseOrRefuse, wrongParameter } from '#libs/service-host';
import type { Audience } from '#libs/session';
import { readNoParameters, readParameters } from '../http/read-parameters';
import { readEventsCursor } from './events-answer';
import { type EventsRequest, type OneRequest, type StatsRequest, type ViewersRequest, keyOf } from './session-request';

// Each reads a request target, and throws a Refusal that says what is wrong with it.

/** `GET /sessions/{id}` */
export function readOneSession(target: string, params: unknown, audience: Audience): OneRequest {
  readNoParameters(target);
  const { id } = parseOrRefuse(sessionParams, params);
  return { kind: 'one', audience, key: keyOf(audience, 'one', id), from: 'record', id };
}

/** `GET /sessions/stats` */
export function readStats(target: string, audience: Audience): StatsRequest {
  readNoParameters(target);
  return { kind: 'stats', audience, key: keyOf(audience, 'stats'), from: 'record' };
}

/** `GET /sessions/{id}/viewers` */
export function readViewers(target: string, params: unknown, audience: Audience): ViewersRequest {
  const { id } = parseOrRefuse(sessionParams, params);
  const query = parseOrRefuse(viewersQuery, readParameters(target, viewersQuery));
  const { from = '', to = '', step = '' } = query;
  return { kind: 'viewers', audience, key: keyOf(audience, 'viewers', id, from, to, step), from: 'record', id, query };
}

/** `GET /sessions/{id}/events` */
export function readEvents(target: string, params: unknown, audience: Audience): EventsRequest {
  const { id } = parseOrRefuse(sessionParams, params);
  const { limit, cursor } = parseOrRefuse(eventsQuery, readParameters(target, eventsQuery));
  const after = cursor === undefined ? undefined : readEventsCursor(cursor);
  if (cursor !== undefined && !after) {
    throw wrongParameter('cursor', 'must be the next_cursor of an answer to the same question');
  }
  return { kind: 'events', audience, key: undefined, from: 'record', id, limit, after };
}

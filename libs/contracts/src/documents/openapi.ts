import { eventsQuery, viewersQuery } from '../rest/history';
import { listQuery, liveListQuery, roomListQuery } from '../rest/list-query';
import { streamQuery } from '../rest/stream-query';
import { EVENT_COMPONENTS, REST_COMPONENTS, componentSchemas } from './component-schemas';
import { EXAMPLE_STREAM } from './examples';
import { EVENT_PLACE_PATH } from './openapi-event-place';
import { EVENTS_PATH } from './openapi-events';
import { queryParameters } from './parameters';
import { HEADERS, headersNamed, refusalResponses, refusalsOf, responsesOf } from './responses';

const ABOUT = `What is on, how many are watching, and what just changed.

Every answer and every refusal has the same envelope. Nothing is clamped: a value out of bounds is a 400 that names the
parameter and its bound. Without a key a host's e-mail is masked and external ids are null; counts that a preset hides are
null everywhere. An answer says \`stale: true\` while the live projection is out of reach.`;

const ALWAYS = [400, 401, 405, 408, 414, 429, 431, 500, 503] as const;
const HOLDS = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The entity tag of the answer that you hold.',
  schema: { type: 'string' },
};
const id = (of: string) => ({
  name: 'id',
  in: 'path',
  required: true,
  description: `The id of the ${of}.`,
  schema: { type: 'string', format: 'uuid' },
});

const PATHS = {
  '/sessions': question('listSessions', 'All sessions, the newest activity first', {
    parameters: queryParameters(listQuery),
    responses: responsesOf('SessionList', 'A page of sessions.', [...ALWAYS, 403]),
  }),
  '/sessions/live': question('listLiveSessions', 'The live sessions, from memory', {
    parameters: queryParameters(liveListQuery),
    responses: responsesOf('SessionList', 'A page of live sessions.', [...ALWAYS, 403]),
  }),
  '/sessions/stats': question('getStats', 'How many sessions there are, and viewers now', {
    parameters: [],
    responses: responsesOf('StatsAnswer', 'The numbers, all of one moment.', ALWAYS),
  }),
  '/sessions/stream': {
    get: {
      operationId: 'streamSessions',
      tags: ['live'],
      summary: 'A live view as server-sent events',
      description:
        'The first event is a `snapshot`, at or after `Last-Event-ID` where that is reached within seconds; then a `delta` per tick, a `heartbeat` in silence. `id` is the position `epoch.seq`. What passes by itself is no refusal but a `bye`, with the `retry` after which to come again.',
      security: optionalKey(),
      parameters: [
        ...queryParameters(streamQuery),
        {
          name: 'Last-Event-ID',
          in: 'header',
          required: false,
          description: 'The id of the last event that was heard. What is no such id counts as not sent.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description: 'Events until one side closes.',
          headers: headersNamed(['Cache-Control']),
          content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE_STREAM } },
        },
        ...refusalsOf(ALWAYS),
      },
    },
  },
  '/sessions/{id}': question('getSession', 'One session', {
    parameters: [id('session')],
    responses: responsesOf('SessionAnswer', 'The session.', [...ALWAYS, 404]),
  }),
  '/sessions/{id}/viewers': question('getViewers', 'Viewer history of a session', {
    parameters: [id('session'), ...queryParameters(viewersQuery)],
    responses: responsesOf('ViewersAnswer', 'Counts by step, and the peak.', [...ALWAYS, 404]),
  }),
  '/sessions/{id}/events': question('listEvents', 'What producers said of a session; needs `events:read`', {
    parameters: [id('session'), ...queryParameters(eventsQuery)],
    responses: responsesOf(
      'EventsAnswer',
      'Events in the order in which they were recorded: what comes late stands last.',
      [...ALWAYS, 403, 404],
    ),
    security: [{ key: [] }, { token: [] }],
  }),
  '/rooms/{id}/sessions': question('listRoomSessions', 'The sessions of a room', {
    parameters: [id('room'), ...queryParameters(roomListQuery)],
    responses: responsesOf('SessionList', 'A page of sessions.', [...ALWAYS, 403]),
  }),
  '/events': EVENTS_PATH,
  '/events/{topic}/{partition}/{offset}': EVENT_PLACE_PATH,
};

/** The OpenAPI 3.1 document of the REST API. */
export function openApiDocument(): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Marquee', version: '1', summary: 'The live-session directory', description: ABOUT },
    servers: [{ url: '/' }],
    tags: [
      { name: 'sessions', description: 'Lists and single sessions' },
      { name: 'live', description: 'Views that are kept live' },
      { name: 'events', description: 'What producers say' },
    ],
    paths: PATHS,
    components: {
      schemas: componentSchemas({ ...REST_COMPONENTS, ...EVENT_COMPONENTS }),
      headers: HEADERS,
      responses: refusalResponses(),
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  };
}

/** Nobody needs a key to read; who sends one sees more. */
function optionalKey() {
  return [{}, { key: [] }, { token: [] }];
}

function question(
  operationId: string,
  summary: string,
  { parameters, responses, security = optionalKey() }: { parameters: object[]; responses: object; security?: object[] },
) {
  const get = { operationId, tags: ['sessions'], summary, security, parameters: [...parameters, HOLDS], responses };
  return { get };
}

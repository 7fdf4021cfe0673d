import { eventsQuery, viewersQuery } from '../rest/history';
import { listQuery, liveListQuery, roomListQuery } from '../rest/list-query';
import { streamQuery } from '../rest/stream-query';
import { EVENT_COMPONENTS, EVENT_DATA_COMPONENTS, REST_COMPONENTS, componentSchemas } from './component-schemas';
import { EXAMPLE_STREAM_EVENT } from './examples';
import { VALUE_SCHEMAS, withNamedValues } from './named-values';
import { EVENT_PLACE_PATH } from './openapi-event-place';
import { EVENTS_PATH } from './openapi-events';
import { HOLDS, queryParameters } from './parameters';
import { LIMITS, REFUSALS, refusalShapes, refusalsIn, refusalsOf } from './refusals';
import { HEADERS, headersNamed, refusalResponses, responsesOf } from './responses';
import { FRAME_COMPONENTS, STREAM_SCHEMAS } from './stream-events';

const ABOUT = `What is on, how many are watching, and what just changed.

Every answer and every refusal has the same envelope. Nothing is clamped: a value out of bounds is a 400 that names the
parameter and its bound. Without a key a host's e-mail is masked and external ids are null; counts that a preset hides are
null everywhere. An answer says \`stale: true\` while it may lack what producers said in the last seconds or longer, and with
\`fresh_at\` up to when it has all of it. A method that a path does not have is a 405, whose \`Allow\` names those that it has.`;

const OF_STREAMS = [
  'InvalidQuery',
  'Unauthorized',
  'RequestTimeout',
  'UriTooLong',
  'HeadersTooLarge',
  'Internal',
] as const;
const ALWAYS = [...OF_STREAMS, 'RateLimited', 'Unavailable'] as const;
const OF_LISTS = [...ALWAYS, 'InvalidListQuery', 'Forbidden', 'CursorExpired'] as const;
const id = (of: string) => ({
  name: 'id',
  in: 'path',
  required: true,
  description: `The id of the ${of}.`,
  schema: { type: 'string', format: 'uuid' },
});

const PATHS = {
  '/sessions': question('listSessions', 'All sessions, the newest activity first', {
    description:
      'Of every status, with filters, by page or by cursor. A walk by cursor gives every session once while the list moves.',
    parameters: queryParameters(listQuery),
    responses: responsesOf('SessionList', 'A page of sessions.', OF_LISTS),
  }),
  '/sessions/live': question('listLiveSessions', 'The live sessions, from memory', {
    description: 'As `GET /sessions` with `status=live`, answered from the live projection.',
    parameters: queryParameters(liveListQuery),
    responses: responsesOf('SessionList', 'A page of live sessions.', OF_LISTS),
  }),
  '/sessions/stats': question('getStats', 'How many sessions there are, and viewers now', {
    description:
      'How many sessions there are of each status, and how many people watch the live ones whose counts are shown.',
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
          description:
            'The `id` of the last event that was heard. EventSource sends it by itself. What is no such id counts as not sent.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description: 'Events until one side closes. The schema is that of each event.',
          headers: headersNamed(['Cache-Control', ...LIMITS]),
          content: {
            'text/event-stream': {
              schema: { $ref: '#/components/schemas/StreamEvent' },
              example: EXAMPLE_STREAM_EVENT,
            },
          },
        },
        ...refusalsOf(OF_STREAMS),
        429: ofHead('RateLimited'),
        503: ofHead('Unavailable'),
      },
    },
  },
  '/sessions/{id}': question('getSession', 'One session', {
    description: 'One session, of any status, in the shape that it has in lists.',
    parameters: [id('session')],
    responses: responsesOf('SessionAnswer', 'The session.', [...ALWAYS, 'NotFound']),
  }),
  '/sessions/{id}/viewers': question('getViewers', 'Viewer history of a session', {
    description:
      'The least, the greatest and the last count of each step, and the peak. Older history has coarser steps: see `parts`.',
    parameters: [id('session'), ...queryParameters(viewersQuery)],
    responses: responsesOf('ViewersAnswer', 'Counts by step, and the peak.', [...ALWAYS, 'NotFound']),
  }),
  '/sessions/{id}/events': question('listEvents', 'What producers said of a session; needs `events:read`', {
    description:
      'Each event as it was sent, what it changed, and where it lay in Kafka. Needs a key or token with the scope `events:read`.',
    parameters: [id('session'), ...queryParameters(eventsQuery)],
    responses: responsesOf(
      'EventsAnswer',
      'Events in the order in which they were recorded: what comes late stands last.',
      [...ALWAYS, 'Forbidden', 'NotFound'],
      'private',
    ),
    security: [{ key: [] }, { token: [] }],
  }),
  '/rooms/{id}/sessions': question('listRoomSessions', 'The sessions of a room', {
    description: 'As `GET /sessions` with `room_id`.',
    parameters: [id('room'), ...queryParameters(roomListQuery)],
    responses: responsesOf('SessionList', 'A page of sessions.', OF_LISTS),
  }),
  '/events': EVENTS_PATH,
  '/events/{topic}/{partition}/{offset}': EVENT_PLACE_PATH,
};

const REFUSED = refusalsIn(PATHS);

const SHAPES = {
  ...REST_COMPONENTS,
  ...refusalShapes(REFUSED),
  ...FRAME_COMPONENTS,
  ...EVENT_COMPONENTS,
  ...EVENT_DATA_COMPONENTS,
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
    paths: withNamedValues(PATHS),
    components: {
      schemas: { ...VALUE_SCHEMAS, ...STREAM_SCHEMAS, ...withNamedValues(componentSchemas(SHAPES)) },
      headers: HEADERS,
      responses: refusalResponses(REFUSED),
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

/** What passes by itself has a status only where there is no body to say it in. */
function ofHead(name: 'RateLimited' | 'Unavailable') {
  const { description, headers } = REFUSALS[name];
  const why = 'Only a `HEAD` gets this status; a `GET` gets a 200 with a `bye`.';
  return { description: `${description} ${why}`, headers: headersNamed(headers) };
}

interface Question {
  description: string;
  parameters: object[];
  responses: object;
  security?: object[];
}

function question(
  operationId: string,
  summary: string,
  { description, parameters, responses, security = optionalKey() }: Question,
) {
  const about = { operationId, tags: ['sessions'], summary, description };
  return { get: { ...about, security, parameters: [...parameters, HOLDS], responses } };
}

import { ATTRIBUTE_NAMES } from '../events/envelope';
import { MAX_SENT_BYTES, MAX_SENT_EVENTS } from '../rest/sent-events';
import { EVENT_COMPONENTS } from './component-schemas';
import { EXAMPLE_ANSWERS, EXAMPLE_EVENT } from './examples';
import { LIMITS, refusalsOf } from './refusals';
import { headersNamed } from './responses';

const ABOUT = `One event in the body, one in \`ce-*\` headers with its data in the body, or a batch of at most ${MAX_SENT_EVENTS} events. A
batch is taken as a whole or not at all; \`details\` names the event and the place in it: \`3.data.title\`. A body has at most
${MAX_SENT_BYTES} bytes. Sending an event again, after a 503 say, changes nothing: its \`source\` and \`id\` are its identity.
The key or token needs the scope \`events:write\`, and sends as the sources that it names.

\`\`\`
curl http://127.0.0.1:3002/events -H "X-API-Key: $KEY" \\
  -H 'Content-Type: application/cloudevents+json' \\
  -d '${JSON.stringify(EXAMPLE_EVENT)}'
\`\`\``;

const event = {
  oneOf: Object.keys(EVENT_COMPONENTS).map((name) => ({ $ref: `#/components/schemas/${name}` })),
};

const REFUSED = [
  'InvalidEvents',
  'Unauthorized',
  'Forbidden',
  'RequestTimeout',
  'PayloadTooLarge',
  'UriTooLong',
  'UnsupportedMediaType',
  'RateLimited',
  'HeadersTooLarge',
  'Internal',
  'Unavailable',
] as const;

/** The path of the door for events, which another service opens than the one that reads. */
export const EVENTS_PATH = {
  servers: [
    {
      url: '{lifecycle}',
      description: 'The service that takes events',
      variables: {
        lifecycle: { default: 'http://127.0.0.1:3002', description: 'Where session-lifecycle is reached' },
      },
    },
  ],
  post: {
    operationId: 'sendEvents',
    tags: ['events'],
    summary: 'Send events without Kafka; needs `events:write`',
    description: ABOUT,
    security: [{ key: [] }, { token: [] }],
    parameters: ATTRIBUTE_NAMES.map(attributeHeader),
    requestBody: {
      required: false,
      content: {
        'application/cloudevents+json': { schema: event, example: EXAMPLE_EVENT },
        'application/cloudevents-batch+json': {
          schema: { type: 'array', maxItems: MAX_SENT_EVENTS, items: event },
          example: [EXAMPLE_EVENT],
        },
        'application/json': {
          schema: { description: 'The `data` of an event in `ce-*` headers.' },
          example: EXAMPLE_EVENT.data,
        },
      },
    },
    responses: {
      202: {
        description: 'All in-sync replicas have every event; where each one stands.',
        headers: headersNamed(LIMITS),
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/SentEventsAnswer' },
            example: EXAMPLE_ANSWERS.SentEventsAnswer,
          },
        },
      },
      ...refusalsOf(REFUSED),
    },
  },
};

function attributeHeader(name: string) {
  return {
    name: `ce-${name}`,
    in: 'header',
    required: false,
    description: `The attribute \`${name}\` of an event in headers, percent-encoded; quotes around it are taken off.`,
    schema: { type: 'string' },
  };
}

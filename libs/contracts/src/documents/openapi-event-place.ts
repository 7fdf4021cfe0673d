import { HOLDS } from './parameters';
import { responsesOf } from './responses';

const REFUSED = [
  'InvalidQuery',
  'Unauthorized',
  'Forbidden',
  'NotFound',
  'RequestTimeout',
  'UriTooLong',
  'RateLimited',
  'HeadersTooLarge',
  'Internal',
  'Unavailable',
] as const;

const ABOUT = `The place is what \`POST /events\` answers. Who reads events (\`events:read\`) may ask for any; who sends (\`events:write\`) for
those of its own sources: of another's it is told \`passed\`, as of a heartbeat. Ask again with \`If-None-Match\` while it is
\`unseen\` or not \`projected\`: a 304 does not count against the limit.`;

const inPath = (name: string, description: string, schema: object) => ({
  name,
  in: 'path',
  required: true,
  description,
  schema,
});

/** The path that tells what became of an event. */
export const EVENT_PLACE_PATH = {
  get: {
    operationId: 'getEventPlace',
    tags: ['events'],
    summary: 'What became of an event; needs `events:read` or `events:write`',
    description: ABOUT,
    security: [{ key: [] }, { token: [] }],
    parameters: [
      inPath('topic', 'The name of the topic.', { type: 'string' }),
      inPath('partition', 'The number of the partition.', { type: 'integer', minimum: 0 }),
      inPath('offset', 'Decimal digits: it may be greater than a JSON number is exact.', {
        type: 'string',
        pattern: '^\\d{1,19}$',
      }),
      HOLDS,
    ],
    responses: responsesOf(
      'EventPlaceAnswer',
      'What became of it, as far as the recording has come.',
      REFUSED,
      'private',
    ),
  },
};

import { EXAMPLE_ANSWERS, EXAMPLE_REFUSALS } from './examples';

type Status = keyof typeof EXAMPLE_REFUSALS;

const header = (description: string, schema: object = { type: 'string' }) => ({ description, schema });
const integer = { type: 'integer', minimum: 0 };

export const LIMITS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];
const OF_ANSWERS = ['ETag', 'Cache-Control', 'CDN-Cache-Control', 'Vary', 'X-Live-Position', ...LIMITS];

/** Every header of an answer that says something about it. */
export const HEADERS = {
  ETag: header('A weak entity tag of the answer: send it as `If-None-Match`, and what has not changed is a 304.'),
  'Cache-Control': header('Who may keep the answer. A browser asks each time whether what it holds is still good.'),
  'CDN-Cache-Control': header('For CDNs (RFC 9213): a public answer may be given for some seconds more. Else absent.'),
  Vary: header('What the answer depends on.'),
  'X-Live-Position': header('`epoch.seq`: all that was pushed up to this position of the live list is in the answer.'),
  'RateLimit-Limit': header('Requests a minute.', integer),
  'RateLimit-Remaining': header('What is left of them.', integer),
  'RateLimit-Reset': header('Seconds until they begin anew.', integer),
  'Retry-After': header('Seconds to wait.', integer),
  Allow: header('The methods that are possible.'),
};

const REFUSALS: Record<Status, [description: string, headers: string[]]> = {
  400: ['The request is wrong: `details` names each parameter and its bound.', LIMITS],
  401: ['The key or token is not valid, or one is needed.', LIMITS],
  403: ['The key or token lacks a scope.', LIMITS],
  404: ['There is no such thing.', LIMITS],
  405: ['The method is not possible here.', ['Allow']],
  408: ['The request did not arrive in time, body and all.', []],
  410: ['The order that `cursor` walks is kept no longer: begin again without it.', LIMITS],
  413: ['The body is too large.', LIMITS],
  414: ['The URL is too long.', []],
  415: ['The body is of a type that is not taken.', LIMITS],
  429: ['Too many requests, or walks by `cursor` that are under way.', [...LIMITS, 'Retry-After']],
  431: ['The URL and the headers are too large together.', []],
  500: ['Something went wrong here.', []],
  503: [
    'A dependency is away; nothing is invented meanwhile. The same request, with the same `cursor`, works again later.',
    ['Retry-After'],
  ],
};

export function headersNamed(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The responses of a question: its answer, that nothing has changed, and every refusal that it can get. */
export function responsesOf(schema: keyof typeof EXAMPLE_ANSWERS, description: string, refusals: readonly Status[]) {
  return {
    200: {
      description,
      headers: headersNamed(OF_ANSWERS),
      content: {
        'application/json': {
          schema: { $ref: `#/components/schemas/${schema}` },
          example: EXAMPLE_ANSWERS[schema],
        },
      },
    },
    304: { description: 'Nothing has changed since the entity tag.', headers: headersNamed(OF_ANSWERS) },
    ...refusalsOf(refusals),
  };
}

export function refusalsOf(statuses: readonly Status[]) {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/${status}` }]));
}

/** The refusals by their status, for `components.responses`. */
export function refusalResponses() {
  return Object.fromEntries(
    Object.entries(REFUSALS).map(([status, [description, headers]]) => [
      status,
      {
        description,
        headers: headersNamed(headers),
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Error' },
            example: EXAMPLE_REFUSALS[Number(status) as Status],
          },
        },
      },
    ]),
  );
}

import { EXAMPLE_REFUSALS } from './example-refusals';
import { EXAMPLE_ANSWERS } from './examples';
import { LIMITS, REFUSALS, type RefusalName, refusalsOf } from './refusals';

const OF_PRIVATE = ['ETag', 'Cache-Control', 'Vary', 'X-Live-Position', ...LIMITS];
const OF_ANSWERS = { public: [...OF_PRIVATE, 'CDN-Cache-Control'], private: OF_PRIVATE };

const header = (description: string, schema: object) => ({ description, schema });
const text = { type: 'string' };
const integer = { type: 'integer', minimum: 0 };

/** Every header of an answer that says something about it. */
export const HEADERS = {
  ETag: header('A weak entity tag. Send it as `If-None-Match`: while nothing has changed, the answer is a 304.', {
    type: 'string',
    pattern: '^(W/)?"[^"]+"$',
  }),
  'Cache-Control': header(
    'Who may keep the answer. A browser asks each time whether what it holds is still good.',
    text,
  ),
  'CDN-Cache-Control': header(
    'For CDNs (RFC 9213): a public answer may be given for some seconds more. Else absent.',
    text,
  ),
  Vary: header('The request headers on which the answer depends.', text),
  'X-Live-Position': header('`epoch.seq`: the answer holds all that was pushed up to this position.', {
    type: 'string',
    pattern: '^\\d+\\.\\d+$',
  }),
  'RateLimit-Limit': header('Requests a minute.', integer),
  'RateLimit-Remaining': header('What is left of them.', integer),
  'RateLimit-Reset': header('Seconds until they begin anew.', integer),
  'Retry-After': header('Seconds to wait.', integer),
};

export function headersNamed(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/**
 * The responses of a question: its answer, that nothing has changed, and every refusal that it can get. `whose`: `private`
 * where nobody is answered without a key or token.
 */
export function responsesOf(
  schema: keyof typeof EXAMPLE_ANSWERS,
  description: string,
  refusals: readonly RefusalName[],
  whose: keyof typeof OF_ANSWERS = 'public',
) {
  const headers = headersNamed(OF_ANSWERS[whose]);
  return {
    200: {
      description,
      headers,
      content: {
        'application/json': {
          schema: { $ref: `#/components/schemas/${schema}` },
          example: EXAMPLE_ANSWERS[schema],
        },
      },
    },
    304: { description: 'Nothing has changed since the entity tag.', headers },
    ...refusalsOf(refusals),
  };
}

/** Refusals by their names, for `components.responses`. */
export function refusalResponses(names: readonly RefusalName[]) {
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        description: REFUSALS[name].description,
        headers: headersNamed(REFUSALS[name].headers),
        content: {
          'application/json': {
            schema: { $ref: `#/components/schemas/${name}` },
            example: EXAMPLE_REFUSALS[name],
          },
        },
      },
    ]),
  );
}

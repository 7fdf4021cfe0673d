import { z } from 'zod';
import { type ErrorCode, errorAnswer } from '../rest/answers';
import { EXAMPLE_REFUSALS } from './example-refusals';

export const LIMITS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];

export type RefusalName = keyof typeof EXAMPLE_REFUSALS;

interface Refused {
  status: number;
  description: string;
  codes: [ErrorCode, ...ErrorCode[]];
  headers: string[];
}

/** Every refusal that an operation gives: its status, the codes that it can carry, and its headers. */
export const REFUSALS: Record<RefusalName, Refused> = {
  InvalidQuery: {
    status: 400,
    description: 'The request is wrong: `details` names each parameter and its bound.',
    codes: ['invalid_query', 'malformed_request'],
    headers: LIMITS,
  },
  InvalidListQuery: {
    status: 400,
    description:
      'The request is wrong: `details` names each parameter and its bound. `too_expensive`: it costs more than a question may; `error` says what helps.',
    codes: ['invalid_query', 'too_expensive', 'malformed_request'],
    headers: LIMITS,
  },
  InvalidEvents: {
    status: 400,
    description: 'An event is wrong: `details` names it and the place in it. None was taken.',
    codes: ['invalid_body', 'invalid_query', 'malformed_request'],
    headers: LIMITS,
  },
  InvalidAct: {
    status: 400,
    description: 'What is asked for is wrong: `details` names the place in the body. It was not written down.',
    codes: ['invalid_body', 'invalid_query', 'malformed_request'],
    headers: LIMITS,
  },
  Unauthorized: {
    status: 401,
    description: 'The key or token is not valid, or one is needed.',
    codes: ['unauthorized'],
    headers: LIMITS,
  },
  Forbidden: {
    status: 403,
    description: 'The key or token lacks a scope.',
    codes: ['forbidden'],
    headers: LIMITS,
  },
  NotFound: { status: 404, description: 'There is no such thing.', codes: ['not_found'], headers: LIMITS },
  RequestTimeout: {
    status: 408,
    description: 'The request did not arrive in time, body and all.',
    codes: ['request_timeout'],
    headers: [],
  },
  CursorExpired: {
    status: 410,
    description: 'The order that the cursor walks is kept no longer. Begin again without a cursor.',
    codes: ['cursor_expired'],
    headers: LIMITS,
  },
  PayloadTooLarge: {
    status: 413,
    description: 'The body is too large.',
    codes: ['payload_too_large'],
    headers: LIMITS,
  },
  UriTooLong: { status: 414, description: 'The URL is too long.', codes: ['uri_too_long'], headers: [] },
  UnsupportedMediaType: {
    status: 415,
    description: 'The body is of a type that is not taken.',
    codes: ['unsupported_media_type'],
    headers: LIMITS,
  },
  RateLimited: {
    status: 429,
    description: 'Too many requests, or too many walks of lists. Ask again after `Retry-After`.',
    codes: ['rate_limited'],
    headers: [...LIMITS, 'Retry-After'],
  },
  HeadersTooLarge: {
    status: 431,
    description: 'The URL and the headers are too large together.',
    codes: ['headers_too_large'],
    headers: [],
  },
  Internal: { status: 500, description: 'Something went wrong here.', codes: ['internal'], headers: LIMITS },
  Unavailable: {
    status: 503,
    description: 'A dependency is away. Ask again after `Retry-After`.',
    codes: ['unavailable'],
    headers: [...LIMITS, 'Retry-After'],
  },
};

/** The body of each refusal, with its codes. */
export const REFUSAL_COMPONENTS = Object.fromEntries(
  Object.entries(REFUSALS).map(([name, { codes }]) => [name, errorAnswer.extend({ code: z.enum(codes) })]),
) as Record<RefusalName, typeof errorAnswer>;

/** Those that a document with these paths has to describe. */
export function refusalsIn(paths: object): RefusalName[] {
  const text = JSON.stringify(paths);
  return (Object.keys(REFUSALS) as RefusalName[]).filter((name) => text.includes(`"#/components/responses/${name}"`));
}

/** The bodies of refusals by their names, for `components.schemas`. */
export function refusalShapes(names: readonly RefusalName[]): Record<string, z.ZodType> {
  return Object.fromEntries(names.map((name) => [name, REFUSAL_COMPONENTS[name]]));
}

/** The refusals that an operation can give, by their status. */
export function refusalsOf(names: readonly RefusalName[]) {
  return Object.fromEntries(names.map((name) => [REFUSALS[name].status, { $ref: `#/components/responses/${name}` }]));
}

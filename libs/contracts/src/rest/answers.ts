import { z } from 'zod';
import { restSession } from './session';
import { staleness } from './staleness';

/** Unix seconds. */
const timestamp = z.int();

/** The codes that a refusal can carry; stable, for programs. */
export const errorCode = z.enum([
  'invalid_query',
  'invalid_body',
  'unauthorized',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'unsupported_media_type',
  'payload_too_large',
  'uri_too_long',
  'headers_too_large',
  'malformed_request',
  'request_timeout',
  'rate_limited',
  'too_expensive',
  'unavailable',
  'internal',
]);

/** Where a request is wrong: the parameter (or the path into the body) and what it must be. */
export const errorDetail = z.object({ parameter: z.string(), message: z.string() });

export const errorAnswer = z.object({
  success: z.literal(false),
  error: z.string(),
  code: errorCode,
  details: z.array(errorDetail),
  timestamp,
});

export const sessionListAnswer = z.object({
  success: z.literal(true),
  data: z.object({
    sessions: z.array(restSession),
    total: z.int().describe('How many sessions match, at the moment of the rows.'),
    total_exact: z.boolean().describe('False: there are more than 10000, and `total` is an estimate.'),
    /** In a walk by cursor, the number of pages so far. */
    page: z.int(),
    limit: z.int(),
    /** Opaque: the `cursor` of the next page; null on the last. */
    next_cursor: z.string().nullable(),
  }),
  timestamp,
  ...staleness,
});

export const sessionAnswer = z.object({
  success: z.literal(true),
  data: restSession,
  timestamp,
  ...staleness,
});

const count = z.int().nonnegative();

/** `viewers_now`: of the live sessions whose counts are shown. */
export const stats = z.object({
  total_sessions: count,
  live_now: count,
  scheduled: count,
  ended: count,
  expired: count,
  viewers_now: count,
});

export const statsAnswer = z.object({
  success: z.literal(true),
  data: stats,
  timestamp,
  ...staleness,
});

export type ErrorCode = z.output<typeof errorCode>;
export type ErrorDetail = z.output<typeof errorDetail>;
export type ErrorAnswer = z.output<typeof errorAnswer>;
export type SessionListAnswer = z.output<typeof sessionListAnswer>;
export type SessionAnswer = z.output<typeof sessionAnswer>;
export type Stats = z.output<typeof stats>;
export type StatsAnswer = z.output<typeof statsAnswer>;

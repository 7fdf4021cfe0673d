import type { Allowance } from './window';

/** `RateLimit-*` of an answer: requests per minute, what is left of them, and seconds until they begin anew. */
export function limitHeaders({ limit, remaining, resetSeconds }: Allowance): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
  };
}

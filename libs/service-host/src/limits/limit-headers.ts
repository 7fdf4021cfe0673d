import type { Allowance } from './window';

/** `RateLimit-*` of an answer, names and values in turn: requests a minute, what is left, seconds until they begin anew. */
export function limitLines({ limit, remaining, resetSeconds }: Allowance): string[] {
  return [
    'ratelimit-limit',
    String(limit),
    'ratelimit-remaining',
    String(remaining),
    'ratelimit-reset',
    String(resetSeconds),
  ];
}

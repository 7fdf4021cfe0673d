import { HttpException } from '@nestjs/common';
import type { ErrorAnswer, ErrorCode, ErrorDetail } from '#libs/contracts';
import type { z } from 'zod';

/** A request that is refused: what is wrong for a person, a stable code for a program, the places for both. */
export class Refusal extends HttpException {
  constructor(
    status: number,
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetail[] = [],
    /** Headers that this refusal has beside those of every refusal, such as `retry-after`; names in lower case. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message, status);
  }
}

/** A 400 for one parameter: what it must be. */
export function wrongParameter(parameter: string, message: string): Refusal {
  return new Refusal(400, 'invalid_query', `${parameter}: ${message}`, [{ parameter, message }]);
}

/** The answer that carries a refusal. `now` in epoch ms. */
export function errorAnswer(code: ErrorCode, error: string, details: ErrorDetail[], now: number): ErrorAnswer {
  return { success: false, error, code, details, timestamp: Math.floor(now / 1000) };
}

/** Parses input by a schema or throws a 400 Refusal that names every parameter that is wrong, and its bound. */
export function parseOrRefuse<S extends z.ZodType>(
  schema: S,
  input: unknown,
  code: 'invalid_query' | 'invalid_body' = 'invalid_query',
): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.flatMap(detailsOf);
  const [first] = details;
  throw new Refusal(400, code, first ? `${first.parameter}: ${first.message}` : 'the request is not valid', details);
}

function detailsOf(issue: z.core.$ZodIssue): ErrorDetail[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ parameter: [...path, key].join('.'), message: 'is not a known parameter' }));
  }
  return [{ parameter: path.join('.') || '(whole)', message: issue.message }];
}

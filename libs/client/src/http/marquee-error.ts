import type { ErrorCode, ErrorDetail } from '#libs/contracts';

/**
 * `network`: no answer came. `invalid_answer`: what came is not Marquee's, for example a proxy's page. `token`: the option
 * `token` failed. `cursor_expired`: the order that a walk goes through is kept no more: begin the walk again.
 */
export type MarqueeErrorCode = ErrorCode | 'network' | 'invalid_answer' | 'token' | 'cursor_expired';

export interface Failure {
  /** Of HTTP; 0: no answer came. */
  status: number;
  code: MarqueeErrorCode;
  /** For a person. */
  error: string;
  /** Where the request is wrong, and what must be there. */
  details?: readonly ErrorDetail[];
  /** When the server wants to be asked again, in milliseconds from its answer. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** A request that came to nothing, after the tries that were worth making. */
export class MarqueeError extends Error {
  readonly status: number;
  readonly code: MarqueeErrorCode;
  readonly error: string;
  readonly details: readonly ErrorDetail[];
  readonly retryAfterMs: number | undefined;

  constructor({ status, code, error, details = [], retryAfterMs, cause }: Failure) {
    super(`${code}: ${error}`, cause === undefined ? undefined : { cause });
    this.name = 'MarqueeError';
    this.status = status;
    this.code = code;
    this.error = error;
    this.details = details;
    this.retryAfterMs = retryAfterMs;
  }

  /** The first parameter, or place in the body, that is wrong. */
  get param(): string | undefined {
    return this.details[0]?.parameter;
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return isTransient(this.status);
  }
}

export function isTransient(status: number): boolean {
  return status === 0 || status === 429 || (status >= 502 && status <= 504);
}

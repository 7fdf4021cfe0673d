import type { SocketRefusal } from '#libs/contracts';
import { fullJitter } from './jitter';

/** More views than there is room for. */
export const TOO_MANY = 'too_many_views';
const RETRIED = new Set(['behind', 'unavailable', 'rate_limited', 'internal']);

/**
 * In how many ms a question is asked again that was refused, or not answered; undefined: the refusal is final. `attempt`:
 * how often it was in vain before.
 */
export function retryAfterMs(refusal: SocketRefusal | undefined, attempt: number): number | undefined {
  const { code = '', retry_after_ms: afterMs = 0 } = refusal ?? {};
  // Too many for this connection is final, too many for the gateway or the address passes: then it says when.
  const isFinal = refusal !== undefined && !RETRIED.has(code) && !(code === TOO_MANY && afterMs > 0);
  return isFinal ? undefined : afterMs + fullJitter(attempt, Math.random());
}

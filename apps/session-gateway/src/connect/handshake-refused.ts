import { Refusal } from '#libs/service-host';

const RETRY_AFTER_MS = 1000;

/**
 * What a client hears whose handshake is refused. `unauthorized`: this token opens nothing, whoever asks again.
 * `unavailable`: whether it does cannot be told now; the client asks again.
 */
export function handshakeRefused(why: unknown): Error {
  const isNobody = why instanceof Refusal && why.getStatus() === 401;
  const code = isNobody ? 'unauthorized' : 'unavailable';
  const detail = why instanceof Refusal ? why.details[0] : undefined;
  const error = isNobody ? `the token ${detail?.message ?? 'is not valid'}` : 'tokens cannot be verified now';
  const data = isNobody ? { code, error } : { code, error, retry_after_ms: RETRY_AFTER_MS };
  return Object.assign(new Error(code), { data });
}

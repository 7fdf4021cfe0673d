import type { Refusal as SocketRefusal } from '#libs/contracts';
import { Refusal } from '#libs/service-host';

const RETRY_AFTER_MS = 1000;

/**
 * What a client hears whose token is refused. `unauthorized`: this token opens nothing, however often it is shown.
 * `unavailable`: the token cannot be verified now; the client shows it again.
 */
export function tokenRefusal(why: unknown): SocketRefusal {
  if (!(why instanceof Refusal) || why.getStatus() !== 401) {
    return { ok: false, code: 'unavailable', error: 'tokens cannot be verified now', retry_after_ms: RETRY_AFTER_MS };
  }
  return { ok: false, code: 'unauthorized', error: `the token ${why.details[0]?.message ?? 'is not valid'}` };
}

/** The same for a handshake: Socket.IO sends `data` with the `connect_error`. */
export function handshakeRefusal(why: unknown): Error {
  const { ok: _, ...data } = tokenRefusal(why);
  return Object.assign(new Error(data.code), { data });
}

import type { SocketRefusal } from '#libs/contracts';
import { RETRY_AFTER_MS, refusal } from '#libs/live-list';
import { Refusal } from '#libs/service-host';

/**
 * What a client hears whose token is refused. `unauthorized`: this token opens nothing, however often it is shown.
 * `unavailable`: the token cannot be verified now; the client shows it again.
 */
export function tokenRefusal(why: unknown): SocketRefusal {
  if (!(why instanceof Refusal) || why.getStatus() !== 401) {
    return refusal('unavailable', 'tokens cannot be verified now', RETRY_AFTER_MS);
  }
  return refusal('unauthorized', `the token ${why.details[0]?.message ?? 'is not valid'}`);
}

/** The same for a handshake: Socket.IO sends `data` with the `connect_error`. */
export function handshakeRefusal(why: unknown): Error {
  const { ok: _, ...data } = tokenRefusal(why);
  return Object.assign(new Error(data.code), { data });
}

import { MAX_REQUEST_BYTES, type SocketRefusal } from '#libs/contracts';
import { TokenBucket, refusal } from '#libs/live-list';
import type { LiveSocket } from '../push/live-socket';
import { replyTo } from './reply';

const MESSAGES_PER_SECOND = 20;
const BURST = 60;
/** So many refused in a row, and the socket is closed. */
const PATIENCE = 500;
const EVENTS = new Set(['subscribe', 'unsubscribe', 'watch', 'unwatch', 'token']);

/**
 * Looks at each message of a socket before anybody else does. What is too large, too fast or unknown is answered with
 * a refusal and goes no further; `onFlood` is called for a socket that does not heed it.
 */
export function guardMessages(socket: LiveSocket, onFlood: () => void): void {
  const bucket = new TokenBucket(MESSAGES_PER_SECOND, BURST, Date.now());
  let refused = 0;
  socket.use(([event, ...rest], next) => {
    const now = Date.now();
    // What is beyond the share of the socket takes nothing of what its address has.
    const answer = judge(event, rest, bucket.take(now) || socket.data.countMessage(now));
    if (!answer) {
      refused = 0;
      return next();
    }
    refused += 1;
    if (refused > PATIENCE) {
      // What arrived with it is read to its end: it is told once.
      if (refused === PATIENCE + 1) onFlood();
      return;
    }
    replyTo(socket, event, rest.at(-1))(answer);
  });
}

function judge(event: string, payload: unknown[], waitMs: number): SocketRefusal | null {
  if (waitMs > 0) return refusal('rate_limited', 'too many messages', waitMs);
  if (sizeOf(payload) > MAX_REQUEST_BYTES)
    return refusal('invalid_request', `must be at most ${MAX_REQUEST_BYTES} bytes`);
  return EVENTS.has(event) ? null : refusal('invalid_request', 'this event is not known here');
}

/** In bytes; what cannot be written down (nested too deep) is too large. Functions are acks: they weigh nothing. */
function sizeOf(payload: unknown[]): number {
  try {
    return Buffer.byteLength(JSON.stringify(payload));
  } catch {
    return Infinity;
  }
}

import type { Done, ErrorFrame, SocketRefusal, Subscribed, TokenTaken } from '#libs/contracts';
import { TokenBucket } from '#libs/live-list';
import type { LiveSocket } from '../push/live-socket';

export type Reply = (answer: Subscribed | Done | TokenTaken | SocketRefusal) => void;

/** A client that hears no ack is told so many refusals; what else it sends wrong is not answered. */
const ERRORS_PER_SECOND = 1;
const ERRORS_AT_ONCE = 20;
const NAME_LIMIT = 64;

/** Answers a request: by its ack, or for a client that wants none a refusal as an `error` event. */
export function replyTo(socket: LiveSocket, event: string | number, ack: unknown): Reply {
  if (typeof ack === 'function') return (answer) => void ack(answer);
  return (answer) => {
    if (!answer.ok && mayBeTold(socket)) socket.emit('error', errorOf(event, answer));
  };
}

/** An event may be a number as well, and its name as long as a message. */
function errorOf(event: string | number, { code, error, retry_after_ms }: SocketRefusal): ErrorFrame {
  return { event: String(event).slice(0, NAME_LIMIT), code, error, ...(retry_after_ms ? { retry_after_ms } : {}) };
}

function mayBeTold({ data }: LiveSocket): boolean {
  const now = Date.now();
  data.errors ??= new TokenBucket(ERRORS_PER_SECOND, ERRORS_AT_ONCE, now);
  return data.errors.take(now) === 0;
}

/**
 * `idle`: nothing has needed it yet. `connecting`: on the way, for the first time or again. `hidden`: the page has been
 * hidden for long, and it connects when the page is shown. `closed`: by `close()`, for good.
 */
export type ConnectionState = 'idle' | 'connecting' | 'connected' | 'hidden' | 'closed';

/**
 * Why it is not connected. `lost`: it was, and broke. `bye`: the gateway ended it, and said why. `unauthorized`: the
 * token is not valid. `unavailable`: the gateway cannot tell now whether it is; that passes. `busy`: the gateway lets
 * nobody in for the moment. `forbidden`: not from this origin. `unreachable`: none of these is known; browsers do not
 * tell the answer to an upgrade, so `busy` and `forbidden` are this there. `token`: there is no valid token, since the
 * option `token` gave none in time, or the same one again after its end; once connected, what is shown is the public's.
 */
export type ConnectionTrouble =
  | 'lost'
  | 'bye'
  | 'unauthorized'
  | 'unavailable'
  | 'busy'
  | 'forbidden'
  | 'unreachable'
  | 'token';

/** The connection, and what stands in its way. */
export interface ConnectionStatus {
  state: ConnectionState;
  /** Until it is connected again, or has a valid token again. */
  trouble?: ConnectionTrouble;
  /** For a person: what the gateway or the network said. */
  detail?: string;
  /** When it tries again, epoch milliseconds; not while it is trying. */
  retryAt?: number;
}

const BY_HTTP_STATUS = new Map<string, ConnectionTrouble>([
  ['401', 'unauthorized'],
  ['403', 'forbidden'],
  ['429', 'busy'],
  ['503', 'busy'],
]);

/** What a failed attempt means, and how long the gateway asks to wait before the next one. */
export interface AttemptTrouble extends Required<Pick<ConnectionStatus, 'trouble' | 'detail'>> {
  retryAfterMs?: number;
}

/** Reads a failed attempt. `error`: that of Socket.IO, which keeps what the transport said in `description`. */
export function troubleOf(error: unknown): AttemptTrouble {
  const { message = '', data, description } = error as FailedAttempt;
  if (data?.code === 'unauthorized') return { trouble: 'unauthorized', detail: data.error ?? message };
  if (data?.code === 'unavailable') {
    const waits = typeof data.retry_after_ms === 'number' && { retryAfterMs: data.retry_after_ms };
    return { trouble: 'unavailable', detail: data.error ?? message, ...waits };
  }
  const detail = description?.message ?? message;
  const [, status = ''] = /^Unexpected server response: (\d{3})$/.exec(detail) ?? [];
  return { trouble: BY_HTTP_STATUS.get(status) ?? 'unreachable', detail };
}

interface FailedAttempt {
  message?: string;
  data?: { code?: unknown; error?: string; retry_after_ms?: unknown };
  description?: { message?: string };
}

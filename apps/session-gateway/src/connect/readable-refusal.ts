import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Turned } from './admission';

const TITLES = { 403: 'Forbidden', 429: 'Too Many Requests', 503: 'Service Unavailable' };

/** A refusal holds no secret: pages of every origin may read it, else they see only that something failed. */
export function corsOf({ headers: { origin } }: Pick<IncomingMessage, 'headers'>): Record<string, string> {
  if (origin === undefined) return { 'access-control-allow-origin': '*', vary: 'Origin' };
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'Origin' };
}

/** Answers an upgrade that is not let in. */
export function turnAway(request: IncomingMessage, socket: Duplex, { status, reason, retryAfter }: Turned): void {
  const headers = {
    ...corsOf(request),
    connection: 'close',
    'content-type': 'text/plain',
    'content-length': String(reason.length),
    ...(retryAfter === undefined
      ? {}
      : { 'Retry-After': String(retryAfter), 'access-control-expose-headers': 'Retry-After' }),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${TITLES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${reason}`);
}

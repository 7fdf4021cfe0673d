import type { IncomingMessage } from 'node:http';

/**
 * Where a connection comes from. Behind `proxies` trusted proxies it is what the outermost of them saw: that many from
 * the right of `X-Forwarded-For`; what stands before, anybody may have written.
 */
export function callerAddress(request: Pick<IncomingMessage, 'headers' | 'socket'>, proxies: number): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (proxies === 0) return direct;
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  return forwarded.at(-proxies)?.trim() || direct;
}

const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:.]{2,45}\])$/i;

/** Where the board's browser finds another service: as configured, else on the host that it asked for the board. */
export function addressFor(configured: string | undefined, hostHeader: string | undefined, port: number): string {
  if (configured !== undefined) return new URL(configured).origin;
  const host = (hostHeader ?? '').replace(/:\d+$/, '');
  return `http://${HOST_NAME.test(host) ? host : 'localhost'}:${port}`;
}

/**
 * A Content-Security-Policy that lets the board load its own files and talk to its own host, the gateway, and the
 * service that takes events: nothing from outside, nothing inline.
 */
export function boardPolicy({ gateway, events }: { gateway: string; events: string }): string {
  const socket = gateway.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    `connect-src 'self' ${[...new Set([gateway, socket, events])].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

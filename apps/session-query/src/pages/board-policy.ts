const DEFAULT_GATEWAY_PORT = 3001;
const HOST_NAME = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:.]{2,45}\])$/i;

/** Where the board's browser finds the gateway: as configured, else on the host that it asked for the board. */
export function gatewayFor(configured: string | undefined, hostHeader: string | undefined): string {
  if (configured !== undefined) return new URL(configured).origin;
  const host = (hostHeader ?? '').replace(/:\d+$/, '');
  return `http://${HOST_NAME.test(host) ? host : 'localhost'}:${DEFAULT_GATEWAY_PORT}`;
}

/** A Content-Security-Policy that lets the board load its own files and talk to its own host and the gateway. */
export function boardPolicy(gateway: string): string {
  const socket = gateway.replace(/^http/, 'ws');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${gateway} ${socket}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

import type { IncomingMessage } from 'node:http';
import { isIP, isIPv4 } from 'node:net';

/**
 * Where a connection comes from, in one spelling. Behind `proxies` trusted proxies it is what the outermost of them saw:
 * that many from the right of `X-Forwarded-For`; anybody may have written what stands before. Where that is no address,
 * the connection's own counts.
 */
export function callerAddress(request: Pick<IncomingMessage, 'headers' | 'socket'>, proxies: number): string {
  const direct = spelled(request.socket.remoteAddress ?? '') ?? 'unknown';
  if (proxies === 0) return direct;
  const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  return spelled(forwarded.at(-proxies)?.trim() ?? '') ?? direct;
}

/**
 * What limits count an address as: an IPv6 address as its /64, since whoever has one address there has them all.
 * `address`: as `callerAddress` gives it.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const full = spelled(address);
  if (full === undefined || !full.includes(':')) return full ?? address;
  const [head = '', tail] = full.split('::');
  const before = head.split(':').filter((group) => group !== '');
  const after = (tail ?? '').split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}

const BRACKETED = /^\[([^\]]*)\](?::\d+)?$/;
const V4_AND_PORT = /^([\d.]+):\d+$/;
const MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** One spelling for each address: without port, zone or brackets; IPv4 as such. undefined: it is none. */
function spelled(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const [, inner] = BRACKETED.exec(text) ?? V4_AND_PORT.exec(text) ?? [];
  const [address = ''] = (inner ?? text).split('%');
  const kind = isIP(address);
  if (kind !== 6) return kind === 4 ? address : undefined;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = MAPPED.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

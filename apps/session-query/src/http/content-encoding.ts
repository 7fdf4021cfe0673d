import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';

export type Encoding = 'identity' | 'gzip' | 'br';

/** Of those that a client takes it gets the first. */
const SMALLEST_FIRST = ['br', 'gzip'] as const;

/** Browsers of one kind send the same header each time. */
const remembered = new LRUCache<string, Encoding>({ max: 500 });
const LONGEST_REMEMBERED = 200;

/**
 * The encoding that a client gets, by its Accept-Encoding header. `*` alone gets identity: whoever sends it has not said
 * what it can decode.
 */
export function encodingFor(acceptEncoding: string | undefined): Encoding {
  if (!acceptEncoding) return 'identity';
  const known = remembered.get(acceptEncoding);
  if (known) return known;
  const encoding = negotiated(acceptEncoding);
  if (acceptEncoding.length <= LONGEST_REMEMBERED) remembered.set(acceptEncoding, encoding);
  return encoding;
}

function negotiated(header: string): Encoding {
  const accepted = new Negotiator({ headers: { 'accept-encoding': header.toLowerCase() } }).encodings();
  return SMALLEST_FIRST.find((encoding) => accepted.includes(encoding)) ?? 'identity';
}

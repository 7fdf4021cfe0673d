/** What a browser on another origin may do with the answers: read them, and send these headers. */
const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': 'X-API-Key, Authorization, If-None-Match, Last-Event-ID',
  'access-control-max-age': '600',
};
const EXPOSED = 'ETag, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Live-Position';

/** Which origins' pages may read answers: the allowed ones; undefined: all. */
export class Cors {
  /** What an answer's headers depend on. */
  readonly vary: readonly string[];

  constructor(private readonly allowed: readonly string[] | undefined) {
    this.vary = allowed ? ['Origin'] : [];
  }

  /** The headers of an answer for a page of this origin. */
  headersFor(origin: string | undefined): Record<string, string> {
    if (!this.allowed) return { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED };
    if (origin === undefined || !this.allowed.includes(origin)) return {};
    return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED };
  }

  /** The headers that answer the question whether a request may be sent. */
  preflight(origin: string | undefined): Record<string, string> {
    const headers = this.headersFor(origin);
    return 'access-control-allow-origin' in headers ? { ...headers, ...PREFLIGHT } : {};
  }
}

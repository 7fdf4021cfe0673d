/** What pages on other origins may do with a service. Header names as they are written to browsers. */
export interface CorsRule {
  /** Whose pages may; undefined: everybody's. */
  origins: readonly string[] | undefined;
  methods: string;
  /** Request headers that may be sent beside those of `Cors` itself. */
  requestHeaders: readonly string[];
  /** With this, also every request header that begins so (in lower case). */
  requestHeaderPrefix?: string;
  /** Answer headers that a page may read beside those of `Cors` itself. */
  exposed: readonly string[];
}

/** What pages send, and what their libraries send unasked: to get fresh data, to say what they are, to be traced. */
const REQUEST_HEADERS = [
  'X-API-Key',
  'Authorization',
  'Content-Type',
  'Cache-Control',
  'Pragma',
  'X-Requested-With',
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
  'b3',
];
const EXPOSED = ['Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];
/** Seconds that a browser may remember the answer to a preflight. */
const MAX_AGE = '600';
const HEADER_NAME = /^[a-z0-9-]{1,100}$/;

/** Which origins' pages may call, and how: the one rule of all services. */
export class Cors {
  /** What an answer's headers depend on. */
  readonly vary: readonly string[];
  private readonly exposed: string;
  private readonly requestHeaders: readonly string[];

  constructor(private readonly rule: CorsRule) {
    this.vary = rule.origins ? ['Origin'] : [];
    this.exposed = [...EXPOSED, ...rule.exposed].join(', ');
    this.requestHeaders = [...REQUEST_HEADERS, ...rule.requestHeaders];
  }

  /** The headers of an answer for a page of this origin. */
  headersFor(origin: string | undefined): Record<string, string> {
    const { origins } = this.rule;
    if (!origins) return { 'access-control-allow-origin': '*', 'access-control-expose-headers': this.exposed };
    if (origin === undefined || !origins.includes(origin)) return {};
    return { 'access-control-allow-origin': origin, 'access-control-expose-headers': this.exposed };
  }

  /** The headers that answer whether a request may be sent. `asked`: the `Access-Control-Request-Headers`. */
  preflight(origin: string | undefined, asked = ''): Record<string, string> {
    const headers = this.headersFor(origin);
    if (!('access-control-allow-origin' in headers)) return {};
    return {
      ...headers,
      'access-control-allow-methods': this.rule.methods,
      'access-control-allow-headers': [...this.requestHeaders, ...this.prefixed(asked)].join(', '),
      'access-control-max-age': MAX_AGE,
    };
  }

  /** Browsers want each header named: those of the prefix are named as they are asked for. */
  private prefixed(asked: string): string[] {
    const { requestHeaderPrefix: prefix } = this.rule;
    if (prefix === undefined) return [];
    const names = asked.split(',').map((name) => name.trim().toLowerCase());
    return [...new Set(names)].filter((name) => name.startsWith(prefix) && HEADER_NAME.test(name));
  }
}

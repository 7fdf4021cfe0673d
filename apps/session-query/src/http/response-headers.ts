import { Inject, Injectable } from '@nestjs/common';
import { Cors, SECURITY_HEADERS } from '#libs/service-host';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import { CACHING } from './caching';
import type { Encoding } from './content-encoding';
import type { ResponseBody } from './response-body';

/** Names and values in turn, as node:http takes them fastest. */
export type HeaderLines = readonly string[];

/** The bytes that are sent, as they are encoded. */
export interface Encoded {
  bytes: Buffer;
  encoding: Encoding;
}

/** To whom an answer goes. */
export interface Receiver {
  origin: string | undefined;
  /** With a key or token: it was told what may be for it alone. */
  isKnown: boolean;
}

interface MadeLines {
  origin: string | undefined;
  lines: HeaderLines;
}

/** What pages on other origins may do here: read. */
const OF_PAGES = {
  methods: 'GET, HEAD',
  requestHeaders: ['If-None-Match', 'If-Modified-Since', 'Last-Event-ID'],
  exposed: ['ETag', 'X-Live-Position'],
};
const DEPENDS_ON = ['Accept-Encoding', 'X-API-Key', 'Authorization'];

/** The headers of answers: all but the entity tag and what is left of the caller's limit. */
@Injectable()
export class ResponseHeaders {
  readonly cors: Cors;
  private readonly always: Record<string, string>;
  private readonly made = new WeakMap<ResponseBody, Map<Encoding | undefined, MadeLines>>();

  constructor(@Inject(QUERY_CONFIG) config: QueryConfig) {
    this.cors = new Cors({ ...OF_PAGES, origins: config.ALLOWED_ORIGINS });
    this.always = { ...SECURITY_HEADERS, vary: [...DEPENDS_ON, ...this.cors.vary].join(', ') };
  }

  /** `sent`: the bytes; a 304 has none. For the public they are made once, as long as the same origin asks where that matters. */
  lines(body: ResponseBody, to: Receiver, sent?: Encoded): HeaderLines {
    if (to.isKnown) return this.make(body, to, sent);
    let made = this.made.get(body);
    if (!made) this.made.set(body, (made = new Map()));
    const known = made.get(sent?.encoding);
    if (known && (known.origin === to.origin || this.cors.vary.length === 0)) return known.lines;
    const lines = this.make(body, to, sent);
    made.set(sent?.encoding, { origin: to.origin, lines });
    return lines;
  }

  private make({ making }: ResponseBody, { origin, isKnown }: Receiver, sent: Encoded | undefined): HeaderLines {
    const { position, stale, isForOperators } = making;
    const said = {
      ...this.always,
      ...this.cors.headersFor(origin),
      ...CACHING[isForOperators ? 'operators' : isKnown ? 'private' : stale ? 'stale' : 'shared'],
      ...(position && { 'x-live-position': `${position.epoch}.${position.seq}` }),
      ...(sent && headersOf(sent)),
    };
    return Object.entries(said).flat();
  }
}

function headersOf({ bytes, encoding }: Encoded): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(bytes.length),
    ...(encoding !== 'identity' && { 'content-encoding': encoding }),
  };
}

import { Inject, Injectable } from '@nestjs/common';
import { Cors, SECURITY_HEADERS } from '#libs/service-host';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import type { AnswerBytes, Encoding } from './answer-bytes';

export type Headers = Record<string, string>;

/** Names and values in turn, as node:http takes them fastest. */
export type HeaderLines = readonly string[];

interface MadeLines {
  origin: string | undefined;
  lines: HeaderLines;
}

/** What pages on other origins may do here: read. */
const OF_PAGES = {
  methods: 'GET, HEAD',
  requestHeaders: ['If-None-Match', 'Last-Event-ID'],
  exposed: ['ETag', 'X-Live-Position'],
};
const DEPENDS_ON = ['Accept-Encoding', 'X-API-Key', 'Authorization'];

/** The headers of answers, the same whether or not the framework sends them. */
@Injectable()
export class AnswerHeaders {
  readonly cors: Cors;
  private readonly always: Headers;
  private readonly made = new WeakMap<AnswerBytes, Map<Encoding | undefined, MadeLines>>();

  constructor(@Inject(QUERY_CONFIG) config: QueryConfig) {
    this.cors = new Cors({ ...OF_PAGES, origins: config.ALLOWED_ORIGINS });
    this.always = { ...SECURITY_HEADERS, vary: [...DEPENDS_ON, ...this.cors.vary].join(', ') };
  }

  /**
   * What is said each time that an answer is given: all but its entity tag; with the body, if it is sent. Made once,
   * as long as the same origin asks where that matters.
   */
  lines(answer: AnswerBytes, origin: string | undefined, sent?: { body: Buffer; encoding: Encoding }): HeaderLines {
    let made = this.made.get(answer);
    if (!made) this.made.set(answer, (made = new Map()));
    const known = made.get(sent?.encoding);
    if (known && (known.origin === origin || this.cors.vary.length === 0)) return known.lines;
    const { etag: _etag, ...said } = this.of(answer, origin);
    const lines = Object.entries({ ...said, ...(sent && bodyHeaders(sent.body, sent.encoding)) }).flat();
    made.set(sent?.encoding, { origin, lines });
    return lines;
  }

  /** What is said of an answer beside its bytes; `held`: the entity tag that a client holds and may go on with. */
  of({ making, etag }: AnswerBytes, origin: string | undefined, held?: string): Headers {
    const { position, isPrivate } = making;
    return {
      ...this.always,
      ...this.cors.headersFor(origin),
      etag: held ?? etag,
      'cache-control': isPrivate ? 'private, no-cache' : 'public, max-age=1, stale-while-revalidate=5',
      ...(position && { 'x-live-position': `${position.epoch}.${position.seq}` }),
    };
  }
}

export function bodyHeaders(body: Buffer, encoding: Encoding): Headers {
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
  };
}

import { Inject, Injectable } from '@nestjs/common';
import { SECURITY_HEADERS } from '#libs/service-host';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import type { AnswerBytes, Encoding } from './answer-bytes';
import { Cors } from './cors';

export type Headers = Record<string, string>;

const DEPENDS_ON = ['Accept-Encoding', 'X-API-Key', 'Authorization'];

/** The headers of answers, the same whether or not the framework sends them. */
@Injectable()
export class AnswerHeaders {
  readonly cors: Cors;
  private readonly always: Headers;

  constructor(@Inject(QUERY_CONFIG) config: QueryConfig) {
    this.cors = new Cors(config.ALLOWED_ORIGINS);
    this.always = { ...SECURITY_HEADERS, vary: [...DEPENDS_ON, ...this.cors.vary].join(', ') };
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

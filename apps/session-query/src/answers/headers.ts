import type { AnswerBytes, Encoding } from './answer-bytes';

export type Headers = Record<string, string>;

/** What is said of an answer beside its bytes; `held`: the entity tag that a client holds and may go on with. */
export function headersOf({ making, etag }: AnswerBytes, held?: string): Headers {
  const { position, isPrivate } = making;
  return {
    etag: held ?? etag,
    vary: 'Accept-Encoding, X-API-Key',
    'cache-control': isPrivate ? 'private, no-cache' : 'public, max-age=1, stale-while-revalidate=5',
    'x-content-type-options': 'nosniff',
    ...(position && { 'x-live-position': `${position.epoch}.${position.seq}` }),
  };
}

export function bodyHeaders(body: Buffer, encoding: Encoding): Headers {
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(body.length),
    ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
  };
}

import type { ErrorAnswer } from '#libs/contracts';
import { fullJitter } from '../jitter';
import { type TokenSource, tokenOf } from '../token-source';
import { type Failure, MarqueeError, isTransient } from './marquee-error';
import { pause } from './pause';
import { retryAfterMs } from './retry-after';

export interface HttpOptions {
  /** Sent as `X-API-Key`. */
  apiKey?: string;
  /** Sent as a bearer token; a function is asked at each request. */
  token?: TokenSource;
  /** Tries of one request, the first included. Default: 4. */
  tries?: number;
  /** The longest that one try may take. Default: 15 000. */
  timeoutMs?: number;
  /** Instead of the platform's. */
  fetch?: typeof fetch;
}

export interface Requested {
  method?: 'GET' | 'POST';
  body?: string;
  contentType?: string;
  signal?: AbortSignal;
}

const TRIES = 4;
const TIMEOUT_MS = 15_000;
/** A server that wants to be left alone for longer is not waited for. */
const LONGEST_WAIT_MS = 60_000;

/** Requests that may be made again: a lost connection, 429 and 502 to 504 are tried anew, when the server says so. */
export class Http {
  constructor(private readonly options: HttpOptions) {}

  /** The answer's body. Rejects with a `MarqueeError`, or with the signal's reason. */
  async request(url: URL, requested: Requested = {}): Promise<unknown> {
    const { tries = TRIES } = this.options;
    const { signal } = requested;
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted();
      const given = await this.once(url, requested);
      if (given.ok) return given.body;
      const { failure } = given;
      const waitMs = (failure.retryAfterMs ?? 0) + fullJitter(attempt, Math.random());
      const isWorthIt = isTransient(failure.status) && attempt + 1 < tries && waitMs <= LONGEST_WAIT_MS;
      if (!isWorthIt) throw new MarqueeError(failure);
      await pause(waitMs, signal);
    }
  }

  private async once(
    url: URL,
    { method = 'GET', body, contentType, signal }: Requested,
  ): Promise<{ ok: true; body: unknown } | { ok: false; failure: Failure }> {
    const { apiKey, timeoutMs = TIMEOUT_MS, fetch: ask = fetch } = this.options;
    const token = await this.token();
    const limit = AbortSignal.timeout(timeoutMs);
    const headers = {
      accept: 'application/json',
      ...(contentType !== undefined && { 'content-type': contentType }),
      ...(apiKey !== undefined && { 'x-api-key': apiKey }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    try {
      const either = signal ? AbortSignal.any([signal, limit]) : limit;
      const answer = await ask(url, { method, headers, signal: either, ...(body !== undefined && { body }) });
      const text = await answer.text();
      return answer.ok ? read(answer.status, text) : { ok: false, failure: failureOf(answer, text) };
    } catch (cause) {
      signal?.throwIfAborted();
      const error = limit.aborted ? `no answer within ${timeoutMs} ms` : `${url.origin} cannot be reached`;
      return { ok: false, failure: { status: 0, code: 'network', error, cause } };
    }
  }

  private async token(): Promise<string | undefined> {
    try {
      return await tokenOf(this.options.token);
    } catch (cause) {
      const error = `no token: ${cause instanceof Error ? cause.message : String(cause)}`;
      throw new MarqueeError({ status: 401, code: 'token', error, cause });
    }
  }
}

function read(status: number, text: string): { ok: true; body: unknown } | { ok: false; failure: Failure } {
  const body = parse(text);
  if (typeof body === 'object' && body !== null && 'success' in body) return { ok: true, body };
  return { ok: false, failure: { status, code: 'invalid_answer', error: 'the answer is not one of Marquee' } };
}

function failureOf(answer: Response, text: string): Failure {
  const { status, headers } = answer;
  const body = parse(text) as Partial<ErrorAnswer> | undefined;
  const wait = retryAfterMs(headers.get('retry-after'), Date.now());
  const waiting = wait === undefined ? {} : { retryAfterMs: wait };
  if (typeof body?.code !== 'string') {
    return { status, code: 'invalid_answer', error: `answered ${status}, not by Marquee`, ...waiting };
  }
  const { code, error = code, details = [] } = body;
  return { status, code, error, details, ...waiting };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}

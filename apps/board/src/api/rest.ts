import { apiKey, noteUnknownKey } from './api-key';

/** A server that has not answered by then is not waited for. */
const WITHIN_MS = 20_000;
const UNAUTHORIZED = 401;

/** What REST refuses, in its own words; `status` 0: it was not reached. */
export interface RestRefusal {
  status: number;
  code: string;
  error: string;
  details: readonly { parameter: string; message: string }[];
  /** It is not to be asked again before; 0: nothing was said. */
  retryAfterMs: number;
}

export type RestAnswer<T> =
  | { ok: true; data: T; timestamp: number; isStale: boolean; freshAt: string | null; position: string | null }
  | { ok: false; refusal: RestRefusal };

interface Envelope {
  success?: boolean;
  data?: unknown;
  timestamp?: number;
  stale?: boolean;
  fresh_at?: string | null;
  error?: string;
  code?: string;
  details?: RestRefusal['details'];
}

export interface Asking {
  signal?: AbortSignal;
  /** Instead of the tab's: null asks as the public. */
  key?: string | null;
  method?: 'GET' | 'POST';
  body?: string;
  contentType?: string;
}

/** Where the page of a walk is that begins at a path with parameters; no cursor: the first one. */
export function atCursor(path: string, cursor: string | null | undefined): string {
  return cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path;
}

/** Asks REST. Rejects only when the signal says so. `url`: a path of the query service, or a whole address. */
export async function askRest<T>(url: string, asking: Asking = {}): Promise<RestAnswer<T>> {
  const { signal, key = apiKey(), method = 'GET', body, contentType } = asking;
  const headers = {
    accept: 'application/json',
    ...(key !== null && { 'x-api-key': key }),
    ...(contentType !== undefined && { 'content-type': contentType }),
  };
  try {
    const answer = await fetch(url, {
      method,
      headers,
      signal: AbortSignal.any([AbortSignal.timeout(WITHIN_MS), ...(signal ? [signal] : [])]),
      ...(body !== undefined && { body }),
    });
    const said = (await answer.json().catch(() => ({}))) as Envelope;
    if (answer.ok && said.success !== false) {
      return {
        ok: true,
        data: (said.data ?? said) as T,
        timestamp: said.timestamp ?? Math.floor(Date.now() / 1000),
        isStale: said.stale === true,
        freshAt: said.fresh_at ?? null,
        position: answer.headers.get('x-live-position'),
      };
    }
    const { status } = answer;
    if (status === UNAUTHORIZED && key !== null) noteUnknownKey(key);
    const { code = 'internal', error = `answered with ${status}`, details = [] } = said;
    const retryAfterMs = (Number(answer.headers.get('retry-after')) || 0) * 1000;
    return { ok: false, refusal: { status, code, error, details, retryAfterMs } };
  } catch (error) {
    signal?.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    const refusal = { status: 0, code: 'unreachable', error: `not reached: ${why}`, details: [], retryAfterMs: 0 };
    return { ok: false, refusal };
  }
}

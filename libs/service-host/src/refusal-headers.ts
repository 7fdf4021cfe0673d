/** Statuses of what passes by itself: whoever asks again later may be answered. */
const PASSING = new Set([429, 503]);
/** Seconds, where the refusal itself names no time. */
const RETRY_AFTER = '1';

/**
 * The headers of every refusal: no cache keeps it (without a word some caches keep a 404 or a 410 for minutes), and what
 * passes by itself says when to come again. `own`: those of the one refusal, which come first.
 */
export function refusalHeaders(status: number, own: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { 'cache-control': 'no-store', ...(passesByItself(status) && { 'retry-after': RETRY_AFTER }), ...own };
}

export function passesByItself(status: number): boolean {
  return PASSING.has(status);
}

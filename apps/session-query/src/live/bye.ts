import { eventText } from './event-text';

/** A crowd that was sent away together comes back spread over so long, at most. */
const MOST_SPREAD_MS = 10_000;

/**
 * The end of a stream: the reader comes again by itself after `afterMs` or a little later. A browser's EventSource does
 * that after this only: once it has got a 4xx or 5xx it never tries again.
 */
export function byeText(reason: string, afterMs: number): string {
  const retry_after_ms = Math.round(afterMs + Math.random() * Math.min(afterMs, MOST_SPREAD_MS));
  return `retry: ${retry_after_ms}\n${eventText({ event: 'bye', frame: { reason, retry_after_ms } })}`;
}

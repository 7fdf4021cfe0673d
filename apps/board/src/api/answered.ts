import { type Pauses, againAfterMs, isPassing } from './again';
import type { RestAnswer, RestRefusal } from './rest';

export interface Answered<T> {
  /** The last answer of this question to this key; undefined: none yet, or it is not to be shown any more. */
  data: T | undefined;
  /** Of the last try; it is asked again. */
  refusal: RestRefusal | undefined;
  /** There was an answer, and now there is no such thing. */
  isGone: boolean;
  isStale: boolean;
  /** Epoch ms, by the server, of the last answer. */
  answeredAt: number | undefined;
}

export const NOTHING: Answered<never> = {
  data: undefined,
  refusal: undefined,
  isGone: false,
  isStale: false,
  answeredAt: undefined,
};

/** No key, or one that may not. */
const FOR_THE_KEY: ReadonlySet<number> = new Set([401, 403]);
const NOT_FOUND = 404;

/** Keys that are not known are counted against the address that shows them. */
const REFUSED_EVERY_MS = 30_000;
const PAUSES: Pauses = { firstMs: 1000, longestMs: 10_000 };

/** What is held after an answer. What may not be seen, or is not there any more, is not held. */
export function heldAfter<T>(before: Answered<T>, answer: RestAnswer<T>): Answered<T> {
  if (answer.ok) {
    const { data, isStale, timestamp } = answer;
    return { data, refusal: undefined, isGone: false, isStale, answeredAt: timestamp * 1000 };
  }
  const { refusal } = answer;
  if (FOR_THE_KEY.has(refusal.status)) return { ...NOTHING, refusal };
  if (refusal.status === NOT_FOUND) return { ...NOTHING, refusal, isGone: before.isGone || before.data !== undefined };
  return { ...before, refusal };
}

/** How long until it is asked again after an answer; undefined: not by itself. `failures`: how many tries failed since the last answer. */
export function pauseMs(
  answer: RestAnswer<unknown>,
  failures: number,
  everyMs: number | undefined,
): number | undefined {
  if (answer.ok) return everyMs;
  const { status, retryAfterMs } = answer.refusal;
  if (FOR_THE_KEY.has(status)) return everyMs && Math.max(everyMs, REFUSED_EVERY_MS);
  if (!isPassing(answer.refusal)) return everyMs;
  return againAfterMs(failures, PAUSES, retryAfterMs);
}

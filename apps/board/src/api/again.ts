import type { RestRefusal } from './rest';

/** What passes by itself, beside all from 500 on; 0: it was not reached. */
const PASSES: ReadonlySet<number> = new Set([0, 408, 429]);

/** How long is waited after the first failure, and at most. */
export interface Pauses {
  firstMs: number;
  longestMs: number;
}

/** Whether the same may be answered later. */
export function isPassing({ status }: Pick<RestRefusal, 'status'>): boolean {
  return PASSES.has(status) || status >= 500;
}

/** Before it is asked again after so many failures one after the other: twice as long each time, and not before it is told to. */
export function againAfterMs(failures: number, { firstMs, longestMs }: Pauses, retryAfterMs = 0): number {
  return Math.max(retryAfterMs, Math.min(longestMs, firstMs * 2 ** (failures - 1)));
}

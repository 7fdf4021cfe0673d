import { LRUCache } from 'lru-cache';

/** What a caller has left of a window. */
export interface Allowance {
  isAllowed: boolean;
  limit: number;
  remaining: number;
  /** Seconds until the window ends. */
  resetSeconds: number;
}

interface Counted {
  /** Of all processes, as last heard. */
  known: number;
  /** Taken here since. */
  fresh: number;
}

/** Callers that are counted at once; beyond it the one that was silent for longest is counted anew. */
const COUNTED_CALLERS = 100_000;

/**
 * Counts requests by caller in windows of fixed length, for all processes together: each counts by itself, and tells
 * and hears the sums now and then. Never waits. Times in epoch ms.
 */
export class Window {
  private readonly counted = new LRUCache<string, Counted>({ max: COUNTED_CALLERS });
  private start = 0;

  constructor(private readonly lengthMs: number) {}

  /** Counts one request of a caller, unless its limit is reached. */
  take(caller: string, limit: number, now: number): Allowance {
    this.turn(now);
    const counted = this.of(caller);
    const isAllowed = counted.known + counted.fresh < limit;
    if (isAllowed) counted.fresh += 1;
    const remaining = Math.max(0, limit - counted.known - counted.fresh);
    return { isAllowed, limit, remaining, resetSeconds: Math.ceil((this.start + this.lengthMs - now) / 1000) };
  }

  /** The last request of a caller cost nothing. */
  giveBack(caller: string): void {
    const counted = this.counted.get(caller);
    // It may have been told to the others already: then they are told less than nothing.
    if (counted && counted.known + counted.fresh > 0) counted.fresh -= 1;
  }

  /** What was counted here since the last call, by caller, of the window that begins at `start`. */
  takeFresh(now: number): { start: number; fresh: Map<string, number> } {
    this.turn(now);
    const fresh = new Map<string, number>();
    for (const [caller, counted] of this.counted.entries()) {
      if (counted.fresh === 0) continue;
      fresh.set(caller, counted.fresh);
      counted.known += counted.fresh;
      counted.fresh = 0;
    }
    return { start: this.start, fresh };
  }

  /** The sum of all processes for a caller; of another window than the present one it says nothing any more. */
  hear(start: number, caller: string, sum: number): void {
    const counted = this.counted.get(caller);
    if (start === this.start && counted) counted.known = Math.max(counted.known, sum);
  }

  private turn(now: number): void {
    const start = now - (now % this.lengthMs);
    if (start === this.start) return;
    this.start = start;
    this.counted.clear();
  }

  private of(caller: string): Counted {
    const known = this.counted.get(caller);
    if (known) return known;
    const counted = { known: 0, fresh: 0 };
    this.counted.set(caller, counted);
    return counted;
  }
}

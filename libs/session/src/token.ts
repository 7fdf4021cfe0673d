/**
 * The order of events: time first, then what orders one producer's events of the same microsecond, then identity, so
 * that no two events are equal and every process agrees.
 */
export interface EventToken {
  /** Epoch µs: the event's time, clamped to the end of the broker's millisecond. */
  at: number;
  /** Decimal digits without leading zeros, of any length; '0' where the producer gave none. */
  seq: string;
  source: string;
  id: string;
}

/** Negative when `a` is earlier, positive when later, 0 only for the same event. */
export function compareTokens(a: EventToken, b: EventToken): number {
  return (
    a.at - b.at ||
    a.seq.length - b.seq.length ||
    compareText(a.seq, b.seq) ||
    compareText(a.source, b.source) ||
    compareText(a.id, b.id)
  );
}

/** Epoch µs → the epoch ms that hold them. What is shown and compared with clocks is in ms. */
export function msOf(us: number): number {
  return Math.floor(us / 1000);
}

/** By code unit, as PostgreSQL's COLLATE "C" does for ASCII. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function earlier(a: EventToken | undefined, b: EventToken): EventToken {
  return a !== undefined && compareTokens(a, b) <= 0 ? a : b;
}

export function later(a: EventToken | undefined, b: EventToken): EventToken {
  return a !== undefined && compareTokens(a, b) >= 0 ? a : b;
}

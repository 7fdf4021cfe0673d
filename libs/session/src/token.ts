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

/** By code point, as PostgreSQL's COLLATE "C" compares UTF-8. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === length) return a.length - b.length;
  return rankOf(a.charCodeAt(at)) - rankOf(b.charCodeAt(at));
}

/** Surrogates make the greatest code points, though code units greater than they are make lesser ones. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

export function earlier(a: EventToken | undefined, b: EventToken): EventToken {
  return a !== undefined && compareTokens(a, b) <= 0 ? a : b;
}

export function later(a: EventToken | undefined, b: EventToken): EventToken {
  return a !== undefined && compareTokens(a, b) >= 0 ? a : b;
}

/** From a time (included) to another (excluded); epoch ms, infinite at the ends. */
export interface Range {
  from: number;
  to: number;
}

export const DAY_MS = 86_400_000;
const DAYS_BACK = 8;
const DAYS_AHEAD = 7;

/**
 * The ranges that have no partition yet: the days from 8 back to 7 ahead, each for itself, and what lies before them or
 * between others in one piece. What there is stays as it is. `existing`: in any order.
 */
export function missingRanges(existing: readonly Range[], now: number): Range[] {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const first = today - DAYS_BACK * DAY_MS;
  const days = Array.from({ length: DAYS_BACK + DAYS_AHEAD + 1 }, (_, day) => first + day * DAY_MS);
  const wanted = [{ from: -Infinity, to: first }, ...days.map((from) => ({ from, to: from + DAY_MS }))];
  const sorted = [...existing].sort((a, b) => a.from - b.from);
  return wanted.flatMap((range) => uncovered(range, sorted));
}

function uncovered({ from, to }: Range, sorted: readonly Range[]): Range[] {
  const holes: Range[] = [];
  let at = from;
  for (const one of sorted) {
    if (one.from > at) holes.push({ from: at, to: Math.min(one.from, to) });
    at = Math.max(at, one.to);
    if (at >= to) break;
  }
  if (at < to) holes.push({ from: at, to });
  return holes.filter((hole) => hole.from < hole.to);
}

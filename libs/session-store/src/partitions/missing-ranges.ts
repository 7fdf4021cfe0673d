/** From a time (included) to another (excluded); epoch ms, infinite at the ends. */
export interface Range {
  from: number;
  to: number;
}

export const DAY_MS = 86_400_000;
const RANGES_BACK = 8;
const RANGES_AHEAD = 7;

/**
 * The ranges that have no partition yet: from 8 widths back to 7 ahead one after the other, each of one width, and what lies
 * before them in one piece. Where a partition of the past was taken away, the hole is one piece, too. What there is stays
 * as it is. `existing`: in any order.
 */
export function missingRanges(existing: readonly Range[], now: number, widthMs = DAY_MS): Range[] {
  const current = Math.floor(now / widthMs) * widthMs;
  const sorted = [...existing].sort((a, b) => a.from - b.from);
  const end = sorted.reduce((latest, { to }) => Math.max(latest, to), -Infinity);
  const first = current - RANGES_BACK * widthMs;
  const ranges = Array.from({ length: RANGES_BACK + RANGES_AHEAD + 1 }, (_, n) => first + n * widthMs);
  const wanted = [{ from: -Infinity, to: first }, ...ranges.map((from) => ({ from, to: from + widthMs }))];
  // Before the end of what there is, somebody has taken a partition away.
  const past = { from: -Infinity, to: Math.min(end, current) };
  const isOfPast = ({ from }: Range) => from < past.to;
  return [
    ...uncovered(past, sorted),
    ...wanted.flatMap((range) => uncovered(isOfPast(range) ? { ...range, from: past.to } : range, sorted)),
  ].filter(({ from, to }) => from < to);
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

const DAY_MS = 86_400_000;
const YEAR_2000 = 946_684_800_000;

/**
 * A broker's timestamp, or `fallback` where it says nothing sensible: none, before the year 2000, or more than a day ahead. All
 * in epoch ms. A watermark that believed such a time would declare everything silent lost.
 */
export function plausibleTime(timestamp: number, { now, fallback }: { now: number; fallback: number }): number {
  return timestamp >= YEAR_2000 && timestamp <= now + DAY_MS ? timestamp : fallback;
}

const BASE_MS = 500;
const CAP_MS = 20_000;

/**
 * How long to wait before try number `attempt` (from 0): anything up to a bound that doubles, so that clients cut at
 * the same moment do not come back at the same moment ("full jitter"). `random` in [0, 1).
 */
export function fullJitter(attempt: number, random: number): number {
  return Math.round(random * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 10)));
}

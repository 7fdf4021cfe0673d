/**
 * Epoch ms by a clock that goes on evenly: it starts with the system's, and does not follow when that is set. What is due
 * by it comes, however far the system's clock goes back.
 */
export function steadyNow(): number {
  return Math.floor(performance.timeOrigin + performance.now());
}

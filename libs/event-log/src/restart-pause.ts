const LEAST_MS = 200;
const MOST_MS = 10_000;
/** A consumer that lived so long was well: what ends it is a new trouble. */
const HEALTHY_MS = 60_000;

/** How long to wait before a consumer is made anew: longer after each failure, jittered, forgotten after a healthy time. */
export class RestartPause {
  private failuresInARow = 0;

  /** `livedMs`: for how long the consumer that ended was polling. `random` from 0 to 1. */
  next(livedMs: number, random: number): number {
    if (livedMs >= HEALTHY_MS) this.failuresInARow = 0;
    this.failuresInARow += 1;
    const most = Math.min(MOST_MS, LEAST_MS * 2 ** this.failuresInARow);
    return Math.round(LEAST_MS + random * (most - LEAST_MS));
  }
}

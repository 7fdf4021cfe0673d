/** The part of the time that frames may take. */
const SHARE = 1 / 3;
const WINDOW_MS = 1000;
const MOST = 20;

/**
 * How much the intervals between frames are stretched so that making and sending them takes no more than its share of
 * the time: what is not sent now is in the next frame, merged. Times in ms.
 */
export class Pace {
  stretch = 1;
  private spentMs = 0;
  private since: number;

  constructor(now: number) {
    this.since = now;
  }

  /** Frames took `ms`, until `now`. */
  spent(ms: number, now: number): void {
    this.spentMs += ms;
    const elapsed = now - this.since;
    if (elapsed < WINDOW_MS) return;
    // Half as many frames cost half as much: the right stretch is known after one window.
    const right = this.stretch * (this.spentMs / elapsed / SHARE);
    this.stretch = Math.min(MOST, Math.max(1, right));
    this.spentMs = 0;
    this.since = now;
  }
}

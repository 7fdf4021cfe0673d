/** A gateway is silent about what is followed for 10 s at most; that it is slow is no reason to leave it. */
const LOOK_EVERY_MS = 5000;
const SILENT_LOOKS = 5;

/**
 * Notices that nothing comes any more on a connection that still looks open. It counts its own looks, not the time: after
 * a page slept, or was busy, what has come meanwhile is heard before it looks that often again.
 */
export class Silence {
  looks = 0;
  timer: ReturnType<typeof setInterval> | undefined;

  /** `isPromised`: whether the gateway has to say something every 10 s. */
  begin(isPromised: () => boolean, noticed: () => void): void {
    this.looks = 0;
    this.timer = setInterval(() => {
      this.looks = isPromised() ? this.looks + 1 : 0;
      if (this.looks === SILENT_LOOKS) noticed();
    }, LOOK_EVERY_MS);
  }
}

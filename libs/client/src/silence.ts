/** A gateway is silent about what is followed for 10 s at most; that it is slow is no reason to leave it. */
const LOOK_EVERY_MS = 5000;
const SILENT_LOOKS = 5;

/**
 * Notices that nothing comes any more on a connection that still looks open. It counts its own looks, not the time: after
 * a page slept, or was busy, what has come meanwhile is heard before it looks that often again.
 */
export class Silence {
  private timer: ReturnType<typeof setInterval> | undefined;
  private looks = 0;

  /** `isPromised`: whether the gateway has to say something every 10 s. */
  constructor(
    private readonly isPromised: () => boolean,
    private readonly noticed: () => void,
  ) {}

  begin(): void {
    this.end();
    this.heard();
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  end(): void {
    clearInterval(this.timer);
  }

  heard(): void {
    this.looks = 0;
  }

  private look(): void {
    this.looks = this.isPromised() ? this.looks + 1 : 0;
    if (this.looks === SILENT_LOOKS) this.noticed();
  }
}

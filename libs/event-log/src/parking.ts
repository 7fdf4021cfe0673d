import { describeError } from '#libs/service-host';

export interface ParkingOptions {
  /** Resolves when what `outage` spoke of seems to be over; rejects while it is not. */
  probe: (outage: unknown) => Promise<void>;
  onPark: (reason: string) => void;
  /** The probe succeeded: what was refused is to be tried again. It stays parked until that succeeded. */
  onTry: () => void;
  onLeave: (parkedMs: number) => void;
}

/** A partition's next slice, or the place at which to begin. */
export type Refused = number | 'a starting place';

/** Without anything to try for so long after the probe succeeded, the probe is believed. */
const BELIEVED_AFTER_MS = 5000;

/**
 * The time during which a consumer takes nothing because something that it needs is away. A probe cannot see everything
 * that a slice needs, so it only leads to another try: parked is left when that succeeded. Otherwise an outage that the
 * probe does not see would park and unpark a consumer several times a second.
 */
export class Parking {
  private since: number | null = null;
  private why: string | null = null;
  private pastMs = 0;
  private probing: Promise<void> | undefined;
  /** How often the probe or a try after it failed. */
  private failures = 0;
  private tryingSince: number | null = null;
  private readonly refused = new Set<Refused>();

  constructor(private readonly options: ParkingOptions) {}

  /** Whether nothing may be taken: it waits for the probe. */
  get isHeld(): boolean {
    return this.probing !== undefined;
  }

  status(now: number) {
    const parkedMs = this.pastMs + (this.since === null ? 0 : now - this.since);
    return { parkedSince: this.since, parkReason: this.why, parkedMs };
  }

  /**
   * `refused`: what could not be done. Resolves when that can be tried again, or when `isOver` says that nobody waits for
   * it any more.
   */
  park(refused: Refused, outage: unknown, isOver: () => boolean): Promise<void> {
    this.refused.add(refused);
    if (this.probing) return this.probing;
    this.tryingSince = null;
    this.why = describeError(outage);
    this.probing = this.probeUntilBack(outage, isOver).finally(() => {
      this.probing = undefined;
      this.tryingSince = Date.now();
      if (!isOver()) this.options.onTry();
      this.leaveIfNothingIsRefused();
    });
    if (this.since === null) {
      this.since = Date.now();
      this.options.onPark(this.why);
    }
    return this.probing;
  }

  succeeded(done: Refused): void {
    if (this.refused.delete(done)) this.leaveIfNothingIsRefused();
  }

  /** Partitions were given out anew: what was refused may be somebody else's now. */
  forgetPartitions(): void {
    for (const one of this.refused) if (one !== 'a starting place') this.refused.delete(one);
    this.leaveIfNothingIsRefused();
  }

  /** There is nothing at hand that could be tried. */
  isIdle(now: number): void {
    if (this.tryingSince === null || now - this.tryingSince <= BELIEVED_AFTER_MS) return;
    this.refused.clear();
    this.leaveIfNothingIsRefused();
  }

  private leaveIfNothingIsRefused(): void {
    if (this.since === null || this.isHeld || this.refused.size > 0) return;
    const parkedMs = Date.now() - this.since;
    this.pastMs += parkedMs;
    this.since = null;
    this.why = null;
    this.tryingSince = null;
    this.failures = 0;
    this.options.onLeave(parkedMs);
  }

  private async probeUntilBack(outage: unknown, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const pauseMs = Math.min(100 * 2 ** this.failures, 3000) * (0.5 + Math.random());
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      this.failures += 1;
      try {
        await this.options.probe(outage);
        return;
      } catch {
        // Not yet.
      }
    }
  }
}

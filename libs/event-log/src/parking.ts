export interface ParkingOptions {
  /** Resolves when what `outage` spoke of is over; rejects while it is not. */
  probe: (outage: unknown) => Promise<void>;
  onPark: (reason: string) => void;
  onLeave: (parkedMs: number) => void;
}

/** The time during which a consumer takes nothing because something that it needs is away. */
export class Parking {
  private since: number | null = null;
  private why: string | null = null;
  private pastMs = 0;
  private probing: Promise<void> | undefined;

  constructor(private readonly options: ParkingOptions) {}

  get isParked(): boolean {
    return this.since !== null;
  }

  status(now: number) {
    const parkedMs = this.pastMs + (this.since === null ? 0 : now - this.since);
    return { parkedSince: this.since, parkReason: this.why, parkedMs };
  }

  /** Resolves when the dependency is back, or when `isOver` says that nobody waits for it any more. */
  park(outage: unknown, isOver: () => boolean): Promise<void> {
    if (this.probing) return this.probing;
    this.since = Date.now();
    this.why = outage instanceof Error ? outage.message : String(outage);
    this.options.onPark(this.why);
    this.probing = this.probeUntilBack(outage, isOver).finally(() => this.leave());
    return this.probing;
  }

  private async probeUntilBack(outage: unknown, isOver: () => boolean): Promise<void> {
    for (let tries = 0; !isOver(); tries++) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** tries, 3000) * (0.5 + Math.random())));
      try {
        await this.options.probe(outage);
        return;
      } catch {
        // Not yet.
      }
    }
  }

  private leave(): void {
    const parkedMs = Date.now() - (this.since ?? Date.now());
    this.pastMs += parkedMs;
    this.since = null;
    this.why = null;
    this.probing = undefined;
    this.options.onLeave(parkedMs);
  }
}

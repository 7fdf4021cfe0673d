const GROWS_EVERY_MS = 60_000;

/** How much is asked for at once: the whole, or for a while less, after that was too much. Times in epoch ms. */
export class Portion {
  private reduced: { size: number; at: number } | null = null;

  constructor(private readonly whole: number) {}

  /** Doubles with each minute in which nothing was too much. */
  size(now: number): number {
    if (!this.reduced) return this.whole;
    const minutes = Math.floor((now - this.reduced.at) / GROWS_EVERY_MS);
    const size = Math.min(this.whole, this.reduced.size * 2 ** minutes);
    if (size === this.whole) this.reduced = null;
    return size;
  }

  isWhole(now: number): boolean {
    return this.size(now) === this.whole;
  }

  /** So much was too much: half of it is asked for next, at least one. */
  halve(tried: number, now: number): void {
    this.reduced = { size: Math.max(1, Math.floor(tried / 2)), at: now };
  }
}

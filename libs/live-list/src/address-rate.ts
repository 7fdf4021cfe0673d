import { TokenBucket } from './token-bucket';

/**
 * Lets each address have `perSecond` on average, and `burst` at once. An address that has not been heard of for so long
 * that its bucket is full again is forgotten. Times in epoch ms.
 */
export class AddressRate {
  private recent = new Map<string, TokenBucket>();
  private before = new Map<string, TokenBucket>();
  private turnedAt: number;
  private readonly fullAfterMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    now: number,
  ) {
    this.turnedAt = now;
    this.fullAfterMs = Math.ceil((burst / perSecond) * 1000);
  }

  /** 0: let through. Else in how many ms the next one will be. */
  take(address: string, now: number): number {
    this.turn(now);
    const known = this.recent.get(address) ?? this.before.get(address);
    const bucket = known ?? new TokenBucket(this.perSecond, this.burst, now);
    this.recent.set(address, bucket);
    return bucket.take(now);
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.recent.size + this.before.size;
  }

  private turn(now: number): void {
    const elapsed = now - this.turnedAt;
    if (elapsed >= 0 && elapsed < this.fullAfterMs) return;
    this.before = elapsed < 2 * this.fullAfterMs ? this.recent : new Map();
    this.recent = new Map();
    this.turnedAt = now;
  }
}

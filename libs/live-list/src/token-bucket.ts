/** Lets `perSecond` through on average, and `burst` at once. Times in epoch ms. */
export class TokenBucket {
  private tokens: number;
  private at: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    now: number,
  ) {
    this.tokens = burst;
    this.at = now;
  }

  /** 0: let through. Else in how many ms the next one will be. */
  take(now: number): number {
    this.tokens = this.left(now);
    this.at = now;
    if (this.tokens >= 1) {
      this.tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.tokens) / this.perSecond) * 1000);
  }

  /** How many it would let through now. */
  left(now: number): number {
    return Math.min(this.burst, this.tokens + (Math.max(0, now - this.at) / 1000) * this.perSecond);
  }
}

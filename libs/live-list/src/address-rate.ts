import { TokenBucket } from './token-bucket';

interface Known {
  bucket: TokenBucket;
  /** How many were refused and have not had their turn yet, as of `at`. */
  refused: number;
  /** Epoch ms. */
  at: number;
}

/** However many are refused, nobody is told to wait longer. */
const LONGEST_WAIT_MS = 10_000;

/**
 * Lets each address have `perSecond` on average, and `burst` at once. Whoever is refused is told a turn of its own: a
 * crowd that came at once would all come back at once, and be refused again, if it were told the same. An address that
 * has not been heard of for so long that its bucket is full again and all turns have passed is forgotten. Times in epoch ms.
 */
export class AddressRate {
  private recent = new Map<string, Known>();
  private before = new Map<string, Known>();
  private turnedAt: number;
  private readonly keptMs: number;

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    now: number,
  ) {
    this.turnedAt = now;
    this.keptMs = Math.max(LONGEST_WAIT_MS, Math.ceil((burst / perSecond) * 1000));
  }

  /** 0: let through. Else in how many ms it is the turn of who is refused. */
  take(address: string, now: number): number {
    this.turn(now);
    const known = this.recent.get(address) ?? this.before.get(address) ?? this.unknown(now);
    this.recent.set(address, known);
    const waitMs = known.bucket.take(now);
    return waitMs === 0 ? 0 : Math.max(waitMs, this.turnMs(known, now));
  }

  private unknown(now: number): Known {
    return { bucket: new TokenBucket(this.perSecond, this.burst, now), refused: 0, at: now };
  }

  /** Turns pass at the rate of the address. */
  private turnMs(known: Known, now: number): number {
    const passed = (Math.max(0, now - known.at) / 1000) * this.perSecond;
    const most = Math.max(1, (LONGEST_WAIT_MS / 1000) * this.perSecond);
    known.refused = Math.min(most, Math.max(0, known.refused - passed) + 1);
    known.at = now;
    return Math.ceil((known.refused / this.perSecond) * 1000);
  }

  private turn(now: number): void {
    const elapsed = now - this.turnedAt;
    if (elapsed >= 0 && elapsed < this.keptMs) return;
    this.before = elapsed < 2 * this.keptMs ? this.recent : new Map();
    this.recent = new Map();
    this.turnedAt = now;
  }
}

import { TokenBucket } from './token-bucket';

export interface AdmissionLimits {
  /** Unset: every origin. */
  origins?: readonly string[];
  connectionsPerSecond: number;
  connectionsPerAddress: number;
}

/** Who knocks: `origin` is what a browser says, `address` where the connection comes from. */
export interface Knock {
  origin: string | undefined;
  address: string;
}

/** The answer to an upgrade that is refused. */
export interface Turned {
  status: 403 | 429 | 503;
  reason: string;
  /** Seconds. */
  retryAfter?: number;
}

const BURST_SECONDS = 4;
const RETRY_AFTER_S = 5;

/**
 * Who may connect now. Connecting costs far more than being connected: beyond a rate it is answered with "later", so
 * that those who are in are served while all who were cut come back.
 */
export class Admission {
  private readonly bucket: TokenBucket;
  private readonly open = new Map<string, number>();
  private isShut = false;

  constructor(
    private readonly limits: AdmissionLimits,
    now: number,
  ) {
    const { connectionsPerSecond: rate } = limits;
    this.bucket = new TokenBucket(rate, rate * BURST_SECONDS, now);
  }

  /** null: come in; `left` must be called when it is over. */
  enter({ origin, address }: Knock, now: number): Turned | null {
    const { origins, connectionsPerAddress } = this.limits;
    if (this.isShut) return { status: 503, reason: 'shutting down', retryAfter: 1 };
    if (origins && origin !== undefined && !origins.includes(origin))
      return { status: 403, reason: 'origin not allowed' };
    const open = this.open.get(address) ?? 0;
    if (open >= connectionsPerAddress)
      return { status: 429, reason: 'too many connections', retryAfter: RETRY_AFTER_S };
    const waitMs = this.bucket.take(now);
    if (waitMs > 0) return { status: 503, reason: 'too many at once', retryAfter: Math.ceil(waitMs / 1000) };
    this.open.set(address, open + 1);
    return null;
  }

  left(address: string): void {
    const open = (this.open.get(address) ?? 0) - 1;
    if (open > 0) this.open.set(address, open);
    else this.open.delete(address);
  }

  /** From here on nobody comes in. */
  shut(): void {
    this.isShut = true;
  }
}

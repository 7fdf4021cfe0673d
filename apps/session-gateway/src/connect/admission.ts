import { AddressRate, TokenBucket } from '#libs/live-list';
import { BURST_SECONDS } from '../burst-seconds';

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

/** Of the rate, what an address may have beside others before it has to leave them half of the burst. */
const SHARE = 1 / 4;
const RETRY_AFTER_S = 5;

/**
 * Who may connect now. Connecting costs far more than being connected: beyond a rate it is answered with "later", so
 * that those who are in are served while all who were cut come back.
 */
export class Admission {
  private readonly bucket: TokenBucket;
  private readonly shares: AddressRate;
  /** Who knocked last, and when it was another one than before. */
  private lastAddress: string | undefined;
  private othersAt = -Infinity;
  private readonly open = new Map<string, number>();
  private isShut = false;

  constructor(
    private readonly limits: AdmissionLimits,
    now: number,
  ) {
    const { connectionsPerSecond: rate } = limits;
    this.bucket = new TokenBucket(rate, rate * BURST_SECONDS, now);
    this.shares = new AddressRate(rate * SHARE, Math.max(1, rate * SHARE * BURST_SECONDS), now);
  }

  /** null: come in; `left` must be called when it is over. */
  enter({ origin, address }: Knock, now: number): Turned | null {
    if (this.isShut) return { status: 503, reason: 'shutting down', retryAfter: 1 };
    const refused = this.refusesOrigin(origin);
    if (refused) return refused;
    const { connectionsPerAddress } = this.limits;
    const open = this.open.get(address) ?? 0;
    if (open >= connectionsPerAddress)
      return { status: 429, reason: 'too many connections', retryAfter: RETRY_AFTER_S };
    const waitMs = this.waitMs(address, now);
    if (waitMs > 0) return { status: 503, reason: 'too many at once', retryAfter: Math.ceil(waitMs / 1000) };
    this.open.set(address, open + 1);
    return null;
  }

  /** null: a page of this origin may connect. */
  refusesOrigin(origin: string | undefined): Turned | null {
    const { origins } = this.limits;
    if (!origins || origin === undefined || origins.includes(origin)) return null;
    return { status: 403, reason: 'origin not allowed' };
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

  /** An address alone may have all. Beside others it leaves them half of the burst once it is beyond its share. */
  private waitMs(address: string, now: number): number {
    if (this.lastAddress !== undefined && this.lastAddress !== address) this.othersAt = now;
    this.lastAddress = address;
    const isBeyond = this.shares.take(address, now) > 0;
    const hasOthers = now - this.othersAt < BURST_SECONDS * 1000;
    const half = (this.limits.connectionsPerSecond * BURST_SECONDS) / 2;
    if (isBeyond && hasOthers && this.bucket.left(now) < half) return 1000;
    return this.bucket.take(now);
  }
}

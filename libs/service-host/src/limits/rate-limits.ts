import Redis from 'ioredis';
import { networkOf } from '../callers/network-of';
import { type Allowance, Window } from './window';

export interface RateLimitOptions {
  redisUrl: string;
  /** The first part of the keys. */
  tag: string;
  /** Requests per minute of an address, and of a caller that is known; 0: no limit. */
  perAddress: number;
  perCaller: number;
}

const WINDOW_MS = 60_000;
const SHARE_EVERY_MS = 250;

/**
 * Limits requests by address or known caller over all processes. The sums stand in Redis; each process counts by
 * itself in between, so no request waits for Redis, and while Redis is away each process limits on its own.
 */
export class RateLimits {
  private readonly window = new Window(WINDOW_MS);
  private readonly redis: Redis;
  private readonly timer: NodeJS.Timeout;
  private sharing: Promise<void> | undefined;

  constructor(private readonly options: RateLimitOptions) {
    this.redis = new Redis(options.redisUrl, {
      connectionName: 'rate-limits',
      connectTimeout: 2000,
      commandTimeout: 2000,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
    });
    this.redis.on('error', () => undefined);
    this.timer = setInterval(() => {
      this.sharing ??= this.share(Date.now()).finally(() => {
        this.sharing = undefined;
      });
    }, SHARE_EVERY_MS);
    this.timer.unref();
  }

  /** Counts a request; null where there is no limit. `caller`: the id of a known one, else null. */
  take(caller: string | null, address: string, now: number): Allowance | null {
    const limit = caller === null ? this.options.perAddress : this.options.perCaller;
    return limit === 0 ? null : this.window.take(nameOf(caller, address), limit, now);
  }

  /** The last request counted for nothing: its answer was that nothing has changed. */
  giveBack(caller: string | null, address: string): void {
    this.window.giveBack(nameOf(caller, address));
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sharing;
    this.redis.disconnect();
  }

  private async share(now: number): Promise<void> {
    const { start, fresh } = this.window.takeFresh(now);
    if (fresh.size === 0) return;
    const callers = [...fresh];
    const pipeline = this.redis.pipeline();
    for (const [caller, count] of callers) {
      const key = `{${this.options.tag}:limits}:${start}:${caller}`;
      pipeline.incrby(key, count).pexpire(key, 2 * WINDOW_MS);
    }
    const answers = await pipeline.exec().catch(() => null);
    callers.forEach(([caller], index) => {
      const [, sum] = answers?.[2 * index] ?? [];
      if (typeof sum === 'number') this.window.hear(start, caller, sum);
    });
  }
}

function nameOf(caller: string | null, address: string): string {
  return caller === null ? `address ${networkOf(address)}` : `caller ${caller}`;
}

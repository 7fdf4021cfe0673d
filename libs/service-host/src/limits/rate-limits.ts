import { createHash } from 'node:crypto';
import type Redis from 'ioredis';
import { networkOf } from '../callers/caller-address';
import { RedisMaster } from '../redis/redis-master';
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
/** The part of an address's allowance that is kept, beyond it, for those who show a credential. */
const RESERVED = 0.1;
/** Characters. */
const MAX_ID = 100;
const ANSWER_LIMIT_MS = 2000;

/**
 * Limits requests by address or known caller over all processes. The sums stand in Redis; each process counts by
 * itself in between, so no request waits for Redis. While Redis is away, or takes no writes, each process limits on its
 * own.
 */
export class RateLimits {
  private readonly window = new Window(WINDOW_MS);
  private readonly master: RedisMaster;
  private readonly redis: Redis;
  private readonly timer: NodeJS.Timeout;
  private sharing: Promise<void> | undefined;

  constructor(private readonly options: RateLimitOptions) {
    this.master = new RedisMaster(options.redisUrl);
    this.redis = this.master.connect('rate-limits', {
      commandTimeout: ANSWER_LIMIT_MS,
      socketTimeout: ANSWER_LIMIT_MS,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
    });
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

  /**
   * Counts a request with a credential of which nothing is known: against the address, and against a small reserve once
   * that is used up, so that others behind the same address shut out nobody who has a key. `giveBack` takes the count
   * back, to be called when the credential is good.
   */
  takeUnproven(address: string, now: number): { allowance: Allowance | null; giveBack: () => void } {
    const allowance = this.take(null, address, now);
    if (!allowance || allowance.isAllowed) return { allowance, giveBack: () => this.giveBack(null, address) };
    const reserve = `reserve ${networkOf(address)}`;
    const { isAllowed } = this.window.take(reserve, Math.ceil(this.options.perAddress * RESERVED), now);
    return { allowance: { ...allowance, isAllowed }, giveBack: () => this.window.giveBack(reserve) };
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sharing;
    this.master.close();
  }

  private async share(now: number): Promise<void> {
    const { start, fresh } = this.window.takeFresh(now);
    if (fresh.size === 0) return;
    const names = [...fresh];
    // All of it or nothing: no sum may stay without its end.
    const transaction = this.redis.multi();
    for (const [name, count] of names) {
      const key = `{${this.options.tag}:limits}:${start}:${name}`;
      transaction.incrby(key, count).pexpire(key, 2 * WINDOW_MS);
    }
    const answers = await transaction.exec().catch(() => this.master.suspect());
    names.forEach(([name], index) => {
      const [, sum] = answers?.[2 * index] ?? [];
      if (typeof sum === 'number') this.window.hear(start, name, sum);
    });
  }
}

/**
 * A name of who is counted, of bounded length. Callers and addresses have names of their own; a long id (a token's
 * subject) stands there as its digest.
 */
export function nameOf(caller: string | null, address: string): string {
  if (caller === null) return `address ${networkOf(address)}`;
  return caller.length <= MAX_ID ? `caller ${caller}` : `caller# ${createHash('sha256').update(caller).digest('hex')}`;
}

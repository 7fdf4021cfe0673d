import type { SocketRefusal } from '#libs/contracts';
import { RETRY_AFTER_MS, refusal } from '../ask';

export interface WatchLimits {
  /** Sessions that the listeners of one address may watch, together. */
  perAddress: number;
  inAll: number;
}

/** How many sessions each address watches, and all together. */
export class WatchShares {
  private readonly byAddress = new Map<string, number>();
  private watched = 0;

  constructor(private readonly limits: WatchLimits) {}

  /** Charges so many more to an address, or says why not. */
  charge(address: string, sessions: number): SocketRefusal | null {
    const ofAddress = (this.byAddress.get(address) ?? 0) + sessions;
    if (sessions > 0 && ofAddress > this.limits.perAddress) {
      return refusal('too_many_views', `at most ${this.limits.perAddress} watched sessions an address`, RETRY_AFTER_MS);
    }
    if (sessions > 0 && this.watched + sessions > this.limits.inAll) {
      return refusal('too_many_views', 'this gateway watches as many sessions as it may', RETRY_AFTER_MS);
    }
    this.uncharge(address, -sessions);
    return null;
  }

  uncharge(address: string, sessions: number): void {
    const left = (this.byAddress.get(address) ?? 0) - sessions;
    this.watched -= sessions;
    if (left > 0) this.byAddress.set(address, left);
    else this.byAddress.delete(address);
  }
}

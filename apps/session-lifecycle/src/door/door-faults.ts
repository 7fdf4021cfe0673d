import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Caller, RateLimits, Refusal } from '#libs/service-host';
import { LIFECYCLE_CONFIG, type LifecycleConfig } from '../config';
import { type SendableEvent, identityOf } from './judge-events';

/** A refused request costs an answer; an event that contradicts another costs a row of the quarantine. */
const FAULTS_OF_A_CONTRADICTION = 3;
/** Identities that are remembered at once; the oldest is forgotten first. */
const MOST_IDENTITIES = 50_000;

/**
 * What a key or token may do wrong in a minute: requests that are refused, and events that contradict what it sent
 * before. Beyond it the key waits, so that it does not fill the quarantine; nobody else does. All processes count together;
 * which identities were sent is remembered by each process of its own requests.
 */
@Injectable()
export class DoorFaults implements OnModuleDestroy {
  private readonly limits: RateLimits;
  private readonly limit: number;
  private readonly contents = new Map<string, string>();

  constructor(@Inject(LIFECYCLE_CONFIG) config: LifecycleConfig) {
    this.limit = config.DOOR_FAULTS_PER_MINUTE;
    this.limits = new RateLimits({
      redisUrl: config.REDIS_URL,
      tag: `${config.REDIS_HASH_TAG}:door-faults`,
      perAddress: this.limit,
      perCaller: this.limit,
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.limits.close();
  }

  /** Throws a Refusal (429) while a caller has done too much wrong. */
  admit({ id }: Caller): void {
    const left = this.limits.take(id, '', Date.now());
    if (!left) return;
    if (left.isAllowed) {
      // Only asked: nothing was done wrong yet.
      this.limits.giveBack(id, '');
      return;
    }
    const what = 'too many requests of this key or token were refused, or contradicted what it had sent';
    const headers = { 'retry-after': String(left.resetSeconds) };
    throw new Refusal(429, 'rate_limited', `${what}, within a minute; come again later`, [], headers);
  }

  /** A request was refused. */
  refused(caller: Caller): void {
    this.count(caller, 1);
  }

  /** Counts the events that say something else than an earlier one of the caller with the same source and id. */
  sent(caller: Caller, events: readonly SendableEvent[]): void {
    for (const event of events) {
      const identity = `${caller.id} ${identityOf(event)}`;
      const before = this.contents.get(identity);
      if (before === undefined) this.remember(identity, event.content);
      else if (before !== event.content) this.count(caller, FAULTS_OF_A_CONTRADICTION);
    }
  }

  private count({ id }: Caller, faults: number): void {
    for (let fault = 0; fault < faults; fault++) this.limits.take(id, '', Date.now());
  }

  private remember(identity: string, content: string): void {
    const [oldest] = this.contents.keys();
    if (this.contents.size >= MOST_IDENTITIES && oldest !== undefined) this.contents.delete(oldest);
    this.contents.set(identity, content);
  }
}

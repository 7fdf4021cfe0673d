import type { Outlet } from './outlet';

const PATIENCE_MS = 15_000;
/** Who has more waiting is sent nothing more. */
export const QUEUE_LIMIT_BYTES = 256 * 1024;
/** Slow listeners that are looked after in one step; the others have their turn in the next ones. */
const TENDED_PER_STEP = 200;

/** The listeners that have not taken what they were sent, and since when. Nothing is sent to them until they have. */
export class SlowListeners<L> {
  /** Since when, epoch ms; in the order of their turns. */
  private readonly since = new Map<L, number>();

  /** `onDrained`: it takes again, and is owed what it missed. `onGivenUp`: it does not. */
  constructor(
    private readonly outlet: Outlet<L>,
    private readonly onDrained: (listener: L, now: number) => void,
    private readonly onGivenUp: (listener: L) => void,
  ) {}

  note(listener: L, now: number): void {
    if (!this.since.has(listener)) this.since.set(listener, now);
  }

  forget(listener: L): void {
    this.since.delete(listener);
  }

  /** Sends what it missed to a listener that has taken everything. */
  drained(listener: L, now: number): void {
    if (this.since.delete(listener)) this.onDrained(listener, now);
  }

  /** Brings up those that have drained, gives up those that do not. */
  tend(now: number): void {
    for (const [listener, since] of first(this.since, TENDED_PER_STEP)) {
      const queued = this.outlet.queued(listener);
      if (queued === 0) this.drained(listener, now);
      else if (queued > QUEUE_LIMIT_BYTES || now - since >= PATIENCE_MS) {
        this.since.delete(listener);
        this.onGivenUp(listener);
        this.outlet.dismiss(listener, 'slow');
      } else {
        this.since.delete(listener);
        this.since.set(listener, since);
      }
    }
  }
}

function first<K, V>(map: Map<K, V>, count: number): [K, V][] {
  const some: [K, V][] = [];
  for (const each of map) {
    if (some.length === count) break;
    some.push(each);
  }
  return some;
}

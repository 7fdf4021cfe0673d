import type { OnChange } from '../callers';
import type { Live } from '../live';
import { LOADING, type LiveUpdate, type Shown } from '../live-update';

/** What React reads of one live list: opened by the first who looks, closed after the last, the same object until it changes. */
export class LiveSource {
  private readonly lookers = new Set<() => void>();
  private live: Live | undefined;
  private known: LiveUpdate;

  /** `held`: what is known of it before it is opened. `previous`: what is shown until it is known. */
  constructor(
    private readonly open: (onChange: OnChange) => Live,
    held: LiveUpdate = LOADING,
    private readonly previous?: Shown,
  ) {
    this.known = this.seen(held);
  }

  readonly subscribe = (looker: () => void): (() => void) => {
    this.lookers.add(looker);
    this.live ??= this.follow();
    return () => {
      this.lookers.delete(looker);
      // Who takes this one's place, or looks again, does so before the microtask: nothing is asked twice.
      queueMicrotask(() => this.closeUnseen());
    };
  };

  readonly read = (): LiveUpdate => this.known;

  private closeUnseen(): void {
    if (this.lookers.size > 0) return;
    this.live?.close();
    this.live = undefined;
    // Whoever comes back later must not take for live what was so when they left.
    this.known = LOADING;
  }

  private follow(): Live {
    return this.open((update) => {
      if (update.state === 'loading' && this.known.state === 'loading') return;
      this.known = this.seen(update);
      for (const looker of this.lookers) looker();
    });
  }

  private seen(update: LiveUpdate): LiveUpdate {
    const { previous } = this;
    if (!previous || update.state !== 'loading') return update;
    const { sessions, total, absent } = previous;
    return { ...update, previous: true, sessions, total, absent };
  }
}

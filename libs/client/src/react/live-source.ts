import { LOADING, type Live } from '../live';
import type { OnChange } from '../callers';
import type { LiveUpdate } from '../subscription';

/** What React reads of one live list: opened by the first who looks, closed after the last, the same object until it changes. */
export class LiveSource {
  private readonly lookers = new Set<() => void>();
  private live: Live | undefined;
  private known = LOADING;

  constructor(private readonly open: (onChange: OnChange) => Live) {}

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
      this.known = update;
      for (const looker of this.lookers) looker();
    });
  }
}

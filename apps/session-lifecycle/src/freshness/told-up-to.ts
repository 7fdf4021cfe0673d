/** So many looks are kept. */
const KEPT = 1200;

/** What was recorded up to a time, and waits until Redis was told of it. */
interface Waiting {
  upTo: number;
  /** What was recorded by then has lesser ids in the outbox, or this one. */
  newestId: number;
}

/** Up to when Redis was told all that is recorded, by what is left in the outbox. */
export class ToldUpTo {
  private waiting: Waiting[] = [];
  private newestId = -Infinity;

  /** `upTo`: up to when everything was recorded before the newest id was read; null: that is not known. */
  note(upTo: number | null, newestId: number): void {
    // The record is one of before, as after a restore: what it had later is gone from it, and from the outbox.
    if (newestId < this.newestId) this.forget();
    this.newestId = newestId;
    if (upTo !== null) this.waiting = [...this.waiting, { upTo, newestId }].slice(-KEPT);
  }

  /** The latest time of those that are told by now; null: of none. `oldestId`: the least that is left, read after the newest. */
  take(oldestId: number | null): number | null {
    const isTold = ({ newestId }: Waiting) => oldestId === null || newestId < oldestId;
    const told = this.waiting.filter(isTold);
    this.waiting = this.waiting.filter((one) => !isTold(one));
    return told.length === 0 ? null : Math.max(...told.map(({ upTo }) => upTo));
  }

  /** What was noted may not be true any more. */
  forget(): void {
    this.waiting = [];
  }
}

const LEAST_KEPT = 256;

/**
 * Collects the first `count` of what a full sort would give, without sorting all of it: one comparison for each that is
 * not among them. Equals may come in any order.
 */
export class FirstInOrder<T> {
  private readonly kept: T[] = [];
  private readonly most: number;
  /** What comes behind it is not among the first. */
  private last: T | undefined;

  constructor(
    private readonly count: number,
    private readonly compare: (a: T, b: T) => number,
  ) {
    this.most = Math.max(LEAST_KEPT, 2 * count);
  }

  /** The last of the first, as far as is known; undefined: there are not so many yet. */
  get bound(): T | undefined {
    return this.last;
  }

  add(one: T): void {
    if (this.last !== undefined && this.compare(one, this.last) >= 0) return;
    if (this.kept.push(one) >= this.most) this.cut();
  }

  /** The first ones, in order. */
  all(): T[] {
    this.cut();
    return this.kept;
  }

  private cut(): void {
    this.kept.sort(this.compare).splice(this.count);
    this.last = this.kept.length < this.count ? undefined : this.kept.at(-1);
  }
}

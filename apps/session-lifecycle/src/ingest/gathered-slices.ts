import type { Slice } from '#libs/event-log';

export interface GatherLimits {
  /** Of so many messages a group goes at once. */
  full: number;
  /** Between the beginnings of groups that are not full; a slice waits no longer. */
  apartMs: number;
  /** The first slice after a rest waits as long for the others of the same fetch. */
  firstMs: number;
  /** Groups under way. */
  atOnce: number;
}

interface Waiting {
  slice: Slice;
  resolve: (reached: string) => void;
  reject: (error: unknown) => void;
}

/** What became of each slice of a group, in its order: the offset up to which it was taken, or why it was not. */
export type Outcomes = PromiseSettledResult<string>[];

export interface GatheredSlicesOptions {
  limits: GatherLimits;
  /** Records a group; never rejects. */
  record: (group: Slice[]) => Promise<Outcomes>;
  /** Whether slices may be gathered now; each goes alone where not. */
  mayGather: () => boolean;
  /** Whether an error says that none of those who wait can be recorded now. */
  isOutage: (error: unknown) => boolean;
}

/**
 * Gathers slices of several partitions into groups that are recorded together: a transaction costs the same for two counts
 * as for two hundred. Who is full does not wait.
 */
export class GatheredSlices {
  private waiting: Waiting[] = [];
  private underWay = 0;
  private begunAt = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: GatheredSlicesOptions) {}

  /** Resolves with the offset up to which the slice was taken, or rejects with why it was not. */
  take(slice: Slice): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ slice, resolve, reject });
      this.goOn();
    });
  }

  private goOn(): void {
    const { limits, mayGather } = this.options;
    while (this.waiting.length > 0 && this.underWay < limits.atOnce) {
      if (mayGather() && sizeOf(this.waiting) < limits.full) return this.goOnLater();
      this.begin();
    }
  }

  private goOnLater(): void {
    const { apartMs, firstMs } = this.options.limits;
    const dueMs = Math.max(firstMs, this.begunAt + apartMs - performance.now());
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.waiting.length > 0 && this.underWay < this.options.limits.atOnce) this.begin();
      this.goOn();
    }, dueMs);
  }

  private begin(): void {
    const { limits, mayGather } = this.options;
    const group = this.waiting.splice(0, mayGather() ? lengthOfGroup(this.waiting, limits.full) : 1);
    this.begunAt = performance.now();
    this.underWay += 1;
    void this.record(group);
  }

  private async record(group: Waiting[]): Promise<void> {
    const outcomes = await this.options.record(group.map(({ slice }) => slice));
    this.underWay -= 1;
    let outage: { error: unknown } | undefined;
    for (const [index, { resolve, reject }] of group.entries()) {
      const outcome = outcomes[index];
      if (outcome?.status === 'fulfilled') resolve(outcome.value);
      else {
        reject(outcome?.reason);
        if (this.options.isOutage(outcome?.reason)) outage = { error: outcome?.reason };
      }
    }
    // They would only find out the same, each after its time limit.
    if (outage) for (const { reject } of this.waiting.splice(0)) reject(outage.error);
    this.goOn();
  }
}

function sizeOf(waiting: readonly Waiting[]): number {
  return waiting.reduce((sum, { slice }) => sum + slice.records.length, 0);
}

/** As many as fit, at least one. */
function lengthOfGroup(waiting: readonly Waiting[], full: number): number {
  let size = 0;
  const first = waiting.findIndex(({ slice }, index) => {
    size += slice.records.length;
    return index > 0 && size > full;
  });
  return first < 0 ? waiting.length : first;
}

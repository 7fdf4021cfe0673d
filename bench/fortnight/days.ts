const DAY_MS = 86_400_000;

/** The day of a time: the epoch ms of its beginning. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

/** Counts by day. */
export class Days {
  private readonly counts = new Map<number, number>();

  add(ms: number, count: number): void {
    const day = dayOf(ms);
    this.counts.set(day, (this.counts.get(day) ?? 0) + count);
  }

  /** Of the day of a time, and later ones. */
  from(ms: number): number {
    const first = dayOf(ms);
    return [...this.counts].reduce((sum, [day, count]) => (day < first ? sum : sum + count), 0);
  }
}

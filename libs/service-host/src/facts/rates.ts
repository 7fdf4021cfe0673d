/** How fast counters grow, by what was seen of them before. */
export class Rates {
  private readonly seen = new Map<string, { value: number; at: number }>();

  /** Per second since the call before; 0 at the first call, and where a counter began anew. `at` in ms of any clock. */
  of(name: string, value: number, at: number): number {
    const before = this.seen.get(name);
    this.seen.set(name, { value, at });
    if (!before || at <= before.at || value < before.value) return 0;
    return Math.round(((value - before.value) / (at - before.at)) * 1_000_00) / 100;
  }
}

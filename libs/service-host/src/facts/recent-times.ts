import { type RecordableHistogram, createHistogram } from 'node:perf_hooks';

const SLOT_MS = 10_000;
const SLOTS = 6;

/** How long things took that were over in the last minute. `now` in ms of any clock that does not go back. */
export class RecentTimes {
  private readonly slots: { start: number; times: RecordableHistogram }[] = [];

  add(ms: number, now: number): void {
    const start = now - (now % SLOT_MS);
    let last = this.slots.at(-1);
    if (last?.start !== start) {
      last = { start, times: createHistogram() };
      this.slots.push(last);
      while (this.slots.length > SLOTS) this.slots.shift();
    }
    last.times.record(Math.max(1, Math.round(ms * 1000)));
  }

  /** How many there were, and the time within which 99 of 100 were over, in ms; null: there were none. */
  look(now: number): { count: number; p99Ms: number | null } {
    const all = createHistogram();
    for (const { start, times } of this.slots) if (start > now - SLOTS * SLOT_MS) all.add(times);
    return all.count === 0
      ? { count: 0, p99Ms: null }
      : { count: all.count, p99Ms: Math.round(all.percentile(99) / 10) / 100 };
  }
}

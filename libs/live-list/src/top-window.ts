import type { Place, Ranking } from './ranking';
import { SlotSet } from './slot-set';

/** How many a client holds at most, of a list that shows `limit`. */
export function heldLimit(limit: number): number {
  return Math.ceil(limit * 1.2);
}

/**
 * The part of a sorted list that clients hold: the first `limit` always, the next fifth as long as they are in it
 * already, so that the edge does not flap.
 */
export class TopWindow {
  /** In order. */
  slots: number[] = [];
  private readonly inside = new SlotSet();
  /** Where the first `limit` end; null while there is room for all. */
  private edge: Place | null = null;

  constructor(
    private readonly ranking: Ranking,
    private readonly limit: number,
  ) {}

  has(slot: number): boolean {
    return this.inside.has(slot);
  }

  /** Whether a candidate outside belongs among the first `limit` now. */
  reaches(slot: number): boolean {
    return this.edge === null || this.ranking.isBefore(slot, this.edge);
  }

  /** Chooses anew. `isHeld`: whether clients hold the session in this slot. */
  select(candidates: SlotSet, isHeld: (slot: number) => boolean): void {
    const first = this.ranking.first(candidates, heldLimit(this.limit));
    this.slots = first.filter((slot, rank) => rank < this.limit || isHeld(slot));
    const last = first[this.limit - 1];
    this.edge = last === undefined ? null : this.ranking.place(last);
    this.inside.clear();
    for (const slot of this.slots) this.inside.set(slot, true);
  }
}

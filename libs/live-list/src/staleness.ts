import type { Freshness, HeartbeatFrame } from '#libs/contracts';

/** Whoever has heard nothing for so long is told where it is. */
export const SILENCE_MS = 10_000;
/** Told again so often while it moves, also where frames leave no silence. */
const TOLD_EVERY_MS = 10_000;

/** Whether the list may be old, as listeners are told it. */
export class Staleness {
  /** What listeners are told beside a place; nothing while the list is fresh. */
  said: Pick<HeartbeatFrame, 'stale' | 'fresh_at'> = {};
  /** How much the clock that listeners know is ahead of the one by which frames are due, ms; less than 0: behind. */
  aheadMs = 0;
  private toldAt = -Infinity;

  get isStale(): boolean {
    return this.said.stale === true;
  }

  /** Takes how fresh the list is now; whether everybody is to be told. */
  take({ isStale, freshAt }: Pick<Freshness, 'isStale' | 'freshAt'>, now: number): boolean {
    const before = this.said;
    this.said = isStale ? { stale: true, ...(freshAt !== null && { fresh_at: freshAt }) } : {};
    const isOtherwise = before.stale !== this.said.stale;
    const isMoved = before.fresh_at !== this.said.fresh_at && now - this.toldAt >= TOLD_EVERY_MS;
    if (isOtherwise || isMoved) this.toldAt = now;
    return isOtherwise || isMoved;
  }
}

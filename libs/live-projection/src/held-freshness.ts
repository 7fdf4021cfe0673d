import { type Freshness, type Position, STALE_AFTER_SECONDS, isBefore } from '#libs/contracts';

/** What is ahead of Redis' clock by more is not believed. A replica's clock may be a little behind its master's. */
const CLOCKS_APART_MS = 1000;
/** So many looks wait for their position; a reader that is further behind is stale anyway. */
const MOST_AHEAD = 600;

/** What one look at the projection said. Times are epoch ms by Redis' clock. */
export interface FreshnessSeen extends Position {
  freshAt: number | null;
  now: number;
}

/** Up to when the projection was whole, and from when on that is too long ago, by `performance.now()`. */
interface Whole {
  freshAt: number | null;
  staleFrom: number;
}

/**
 * How fresh is what a reader holds. The age of a `fresh_at` is measured by Redis' clock when it is first seen; from then on
 * this process' steady clock counts, so that no clock that jumps makes old data fresh. What a look said counts once the
 * reader holds the position of that look.
 */
export class HeldFreshness {
  private trouble: string | null = 'it was never loaded';
  private whole: Whole = { freshAt: null, staleFrom: -Infinity };
  /** Of looks whose positions are not held yet, in their order. */
  private ahead: { position: Position; whole: Whole }[] = [];
  private told: Freshness | undefined;
  private aging: NodeJS.Timeout | undefined;

  /** `tell` is called when `isStale` changes, and when `freshAt` moves while it is stale. */
  constructor(private readonly tell: (freshness: Freshness) => void) {}

  get now(): Freshness {
    const { trouble, whole } = this;
    const { freshAt, staleFrom } = whole;
    if (trouble !== null) return { isStale: true, freshAt, why: trouble };
    if (freshAt === null) return { isStale: true, freshAt, why: 'nobody says up to when the projection is whole' };
    if (performance.now() < staleFrom) return { isStale: false, freshAt, why: null };
    return { isStale: true, freshAt, why: `what was said after ${new Date(freshAt).toISOString()} may be missing` };
  }

  get isFollowed(): boolean {
    return this.trouble === null;
  }

  /** What a look said; `beganAt`: when it began, by `performance.now()`. */
  saw({ epoch, seq, freshAt, now }: FreshnessSeen, beganAt: number): void {
    const last = this.ahead.at(-1)?.whole ?? this.whole;
    if (last.freshAt === freshAt || this.ahead.length >= MOST_AHEAD) return;
    this.ahead.push({ position: { epoch, seq }, whole: wholeOf(freshAt, now, beganAt) });
  }

  /** The reader holds all that was projected up to the position. */
  reached(position: Position): void {
    const notYet = this.ahead.findIndex((one) => isBefore(position, one.position));
    const [last] = this.ahead.splice(0, notYet < 0 ? this.ahead.length : notYet).slice(-1);
    if (!last) return;
    this.whole = last.whole;
    if (this.trouble === null) this.notice();
  }

  /** Whether the projection can be followed: null, or why not. */
  followed(trouble: string | null): void {
    this.trouble = trouble;
    this.notice();
  }

  stop(): void {
    clearTimeout(this.aging);
  }

  private notice(): void {
    const { now, told } = this;
    clearTimeout(this.aging);
    if (!now.isStale) {
      this.aging = setTimeout(() => this.notice(), this.whole.staleFrom - performance.now() + 1);
      this.aging.unref();
    }
    if (told?.isStale === now.isStale && (!now.isStale || told.freshAt === now.freshAt)) return;
    this.told = now;
    this.tell(now);
  }
}

function wholeOf(freshAt: number | null, now: number, beganAt: number): Whole {
  if (freshAt === null || freshAt > now + CLOCKS_APART_MS) return { freshAt: null, staleFrom: -Infinity };
  return { freshAt, staleFrom: beganAt + STALE_AFTER_SECONDS * 1000 - Math.max(0, now - freshAt) };
}

import { setTimeout as wait } from 'node:timers/promises';
import type { Difference } from '#libs/session-store';

/** What one look at one thing showed. */
export interface Sight {
  /** null: both sides say the same. */
  difference: Difference | null;
  /** Both sides have all that was under way. */
  settled: boolean;
}

export type Look<T> = (of: readonly T[]) => Promise<ReadonlyMap<T, Sight>>;

export interface Settled {
  differences: Difference[];
  /** How many were changing at every look. */
  moving: number;
}

export const LOOK_AGAIN_MS = 1200;
const LOOKS = 12;

/**
 * Looks again at what differed, until each of them is equal once, or differs at two looks in turn in the same way with
 * nothing under way: only such a difference is one. So is what stays the same at every look, and never arrives. What
 * changes faster than one can look is counted, not judged.
 */
export async function settle<T>(suspects: readonly T[], look: Look<T>, pauseMs = LOOK_AGAIN_MS): Promise<Settled> {
  const differences: Difference[] = [];
  const before = new Map<T, Seen>();
  let left = suspects;
  for (let looks = 1; left.length > 0 && looks <= LOOKS; looks += 1) {
    if (looks > 1) await wait(pauseMs);
    const sights = await look(left);
    left = left.filter((one) => {
      const sight = sights.get(one);
      if (!sight?.difference) return false;
      const seen = seenNow(sight.difference, sight.settled, before.get(one));
      before.set(one, seen);
      const isSure = seen.settled >= 2 || seen.times === LOOKS;
      if (isSure) differences.push(sight.difference);
      return !isSure;
    });
  }
  return { differences, moving: left.length };
}

/** How often in turn the same difference was seen, and how often of these with nothing under way. */
interface Seen {
  text: string;
  times: number;
  settled: number;
}

function seenNow({ where, expected, found }: Difference, isSettled: boolean, before: Seen | undefined): Seen {
  const text = JSON.stringify([where, expected, found]);
  const { times, settled } = before?.text === text ? before : { times: 0, settled: 0 };
  return { text, times: times + 1, settled: isSettled ? settled + 1 : 0 };
}

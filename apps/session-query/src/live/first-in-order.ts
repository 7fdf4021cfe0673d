const LEAST_KEPT = 256;

/** The first `count` of what a full sort would give, without sorting all of it. Equals may come in any order. */
export function firstInOrder<T>(all: Iterable<T>, count: number, compare: (a: T, b: T) => number): T[] {
  const kept: T[] = [];
  const most = Math.max(LEAST_KEPT, 2 * count);
  let last: T | undefined;
  const cut = () => {
    kept.sort(compare).splice(count);
    last = kept.length < count ? undefined : kept.at(-1);
  };
  for (const one of all) {
    if (last !== undefined && compare(one, last) >= 0) continue;
    if (kept.push(one) >= most) cut();
  }
  cut();
  return kept;
}

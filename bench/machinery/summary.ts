import type { Measured, Target } from './course';

/** The middle one; of an even number the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/** The median of each metric over runs; a metric that only some runs gave is the median of those. */
export function medians(runs: readonly Measured[]): Measured {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run)))];
  return Object.fromEntries(
    names.map((name) => [name, median(runs.map((run) => run[name]).filter((value) => value !== undefined))]),
  );
}

export interface Ratio {
  name: string;
  /** null where it could not be measured. */
  value: number | null;
  target: string;
  met: boolean;
}

/** What became of a target. `of`: the medians of every contestant by name, ours as `ours`. */
export function ratioOf(target: Target, of: ReadonlyMap<string, Measured>): Ratio {
  const { name, metric, against, bound } = target;
  const own = of.get('ours')?.[metric] ?? NaN;
  const value = against === undefined ? own : own / (of.get(against)?.[metric] ?? NaN);
  const met = 'atLeast' in bound ? value >= bound.atLeast : value <= bound.atMost;
  const text = 'atLeast' in bound ? `≥ ${bound.atLeast}` : `≤ ${bound.atMost}`;
  return { name, value: Number.isFinite(value) ? value : null, target: text, met };
}

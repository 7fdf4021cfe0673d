import type { Arena } from './arena';

/** What one run gave, by metric. A metric's name carries its unit: `events/s`, `CPU µs/event`. */
export type Measured = Record<string, number>;

/** Somebody who does the work: we, or a peer that does the same in another way. */
export interface Contestant {
  name: string;
  /** Does the whole work once, from a clean start, and gives what it took. */
  run: () => Promise<Measured>;
}

/** A ratio of medians (ours to a peer's), or without `against` a median of ours, held against a bound. */
export interface Target {
  name: string;
  metric: string;
  against?: string;
  bound: { atLeast: number } | { atMost: number };
}

/** A bench that is set up and can be run again and again. */
export interface Course {
  ours: Contestant;
  against: Contestant[];
  targets: Target[];
  /** The metric that the results file gives as `ours` and as each peer's `value`. */
  headline: string;
  close: () => Promise<void>;
}

export interface BenchOptions {
  /** 1 is the size that the targets speak of; less is faster, and says less. */
  scale: number;
}

/** What `bench/NAME/bench.ts` exports as `bench`. */
export interface Bench {
  /** For `--list`, in one line. */
  about: string;
  /** It starts servers of its own: the arena starts none. */
  hasOwnServers?: true;
  prepare: (arena: Arena, options: BenchOptions) => Promise<Course>;
}

import type { DataSource } from 'typeorm';

/** Something that leaves, and how many rows go with it (an estimate). */
export interface LeavingPlan {
  /** `drop partition session_log_20261101` */
  what: string;
  rows: number;
}

/** What one step did. */
export interface LeavingStep {
  /** Rows that left, by estimate where a whole partition was dropped. */
  rows: number;
  /** Whether another step may find more. */
  more: boolean;
  /** For the log, where it is worth a line: `dropped partition session_log_20261101`. */
  did: string | null;
}

/** One table, and how what is old leaves it. `now` is the ingest watermark, epoch ms, never the clock of a wall. */
export interface Leaving {
  /** The table, as metrics and `npm run maintain` name it. */
  readonly table: string;
  /** How old the oldest is, in ms: a row, or a partition by its lower bound. null: empty. Cheap: an index or the catalogue. */
  oldest(source: DataSource, now: number): Promise<number | null>;
  /** What would leave now. Changes nothing. */
  plan(source: DataSource, now: number): Promise<LeavingPlan[]>;
  /**
   * Does a bounded part, in a transaction of its own: it holds locks for a second at most, waits for those of others no
   * longer than its lock_timeout, and takes 5 000 rows at most. Safe to run by several processes, and again after a crash.
   */
  step(source: DataSource, now: number): Promise<LeavingStep>;
}

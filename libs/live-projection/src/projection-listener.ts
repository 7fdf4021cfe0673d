import type { Freshness, Position, ProjectionChange } from '#libs/contracts';

/** What a reader tells. Called in order, never at the same time. */
export interface ProjectionListener {
  /** The whole state as of a position: what was held before is void. */
  loaded(changes: ProjectionChange[], position: Position): void;
  /** The changes that lead to a position; the one before was its predecessor. */
  changed(changes: ProjectionChange[], position: Position): void;
  /**
   * How far what is held can be trusted: after the first load or when that fails, whenever `isStale` changes, and when
   * `freshAt` moves while it is stale.
   */
  fresh(freshness: Freshness): void;
}

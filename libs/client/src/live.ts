import type { LiveUpdate } from './subscription';

/** A list or a watch that is kept live until it is closed. */
export interface Live {
  /** What is known now. */
  readonly current: LiveUpdate;
  close(): void;
}

/** Before anything is known. */
export const LOADING: LiveUpdate = { state: 'loading', sessions: [], total: 0, removed: [], absent: [] };

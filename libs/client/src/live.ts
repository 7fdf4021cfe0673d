import type { ViewQueryInput } from '#libs/contracts';
import type { LiveUpdate } from './live-update';

/** A list or a watch that is kept live until it is closed. */
export interface Live {
  /** What is known now. */
  readonly current: LiveUpdate;
  close(): void;
}

export interface ChangeOptions {
  /** Until the new query is answered, show the sessions of the one before: `loading` with `previous: true`. */
  keepPrevious?: boolean;
}

/** A list that may become the list of another query. */
export interface LiveList extends Live {
  change(query: ViewQueryInput, options?: ChangeOptions): void;
}

import type { Card, RemoveReason } from '#libs/contracts';

/** What is shown of a list or a watch, whatever its state. */
export interface Shown {
  /** In the order of the query, at most `limit`; of a watch, in the order of the ids. */
  sessions: readonly Card[];
  /** How many there are in all. */
  total: number;
  /** Which ones left with this change, and why. */
  removed: readonly (readonly [id: string, why: RemoveReason])[];
  /** Of a watch: which ones are not open. */
  absent: readonly string[];
  /** The position of the live projection that it shows, whole: to compare it with another copy. Absent before the first answer. */
  at?: readonly [epoch: number, seq: number];
}

/**
 * Why a list is stale. `disconnected`: there is no connection. `hidden`: the page is hidden, and let its connection go.
 * `gateway`: the gateway says that what it follows is old. `refused`: the gateway cannot answer now. `unanswered`: it
 * did not answer in time. All of them pass by themselves.
 */
export type StaleReason = 'disconnected' | 'hidden' | 'gateway' | 'refused' | 'unanswered';

/** Nothing is known yet. `previous`: `sessions` are those of the query before (`keepPrevious`). */
export interface Loading extends Shown {
  state: 'loading';
  previous: boolean;
}

/** What is shown is the list. */
export interface UpToDate extends Shown {
  state: 'live';
}

/** What is shown was the list. */
export interface Stale extends Shown {
  state: 'stale';
  why: StaleReason;
  /** For a person. */
  detail?: string;
  /** Up to when it is known to be complete, epoch ms by the server's clock; null: not known. */
  freshAt: number | null;
}

/** The gateway will not answer this: for good (`final`), or until it is asked again at `retryAt` (epoch ms). */
export type Refused = Shown & { state: 'refused'; code: string; error: string } & (
    | { final: true; retryAt?: never }
    | { final: false; retryAt: number }
  );

/** `close()` was called, of the list or of the client: nothing more is told. `sessions` are what was shown last. */
export interface Closed extends Shown {
  state: 'closed';
}

/** What is told at each change; `state` says which other fields there are. */
export type LiveUpdate = Loading | UpToDate | Stale | Refused | Closed;

export type ListState = LiveUpdate['state'];

/** Before anything is known. */
export const LOADING: Loading = { state: 'loading', previous: false, sessions: [], total: 0, removed: [], absent: [] };

/** The same sessions, after `close()`. */
export function closed({ sessions, total, absent, at }: Shown): Closed {
  return { state: 'closed', sessions, total, removed: [], absent, ...(at && { at }) };
}

/** Who is known to call. */
export interface Caller {
  /**
   * For limits and logs: a key's id, or `token` and its subject. No key's id contains a space, so no subject can be
   * taken for a key.
   */
  id: string;
  scopes: ReadonlySet<string>;
  /** The `source` values of events that it may send; null: every one. */
  sources: readonly string[] | null;
  /** Until when what it may do holds, epoch ms; null: until it is revoked. */
  until: number | null;
}

/** How far the clocks of who issues tokens and of this process may be apart. */
export const CLOCK_TOLERANCE_MS = 5000;

/** Whether what held until then is over, `now` in epoch ms. */
export function isOver(until: number | null, now: number): boolean {
  return until !== null && now >= until + CLOCK_TOLERANCE_MS;
}

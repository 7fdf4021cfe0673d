/** Who is known to call. */
export interface Caller {
  /** A key's id, or a token's subject: for limits and logs. */
  id: string;
  scopes: ReadonlySet<string>;
  /** The `source` values of events that it may send; null: every one. */
  sources: readonly string[] | null;
  /** Until when what it may do holds, epoch ms; null: until it is revoked. */
  until: number | null;
}

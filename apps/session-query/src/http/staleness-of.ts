/** How old an answer may be. */
export interface Staleness {
  /** It may lack what producers said in the last seconds or longer. */
  stale: boolean;
  /** It has all that producers had said by then; epoch ms. null: that is not known. */
  freshAt: number | null;
}

/** What an answer that may be old says of it. */
export function stalenessOf({ stale, freshAt }: Staleness): { stale?: true; fresh_at?: string | null } {
  return stale ? { stale, fresh_at: freshAt === null ? null : new Date(freshAt).toISOString() } : {};
}

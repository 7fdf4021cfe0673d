import type { Scope } from '#libs/contracts';
import type { AudienceName } from '#libs/live-list';
import { type BearerKeys, bearerVerifier, tokenRefused } from '#libs/service-host';

/** What a caller may see, and until when (epoch ms; null: for ever). */
export interface Rights {
  audience: AudienceName;
  until: number | null;
}

/** Hidden counts need a claim that names them. Private fields are on no card: their scope shows nothing more here. */
const SHOWS_HIDDEN_COUNTS: Scope = 'counts:hidden';

/**
 * What the bearer of a token may see. Whoever brings none is the public, and so is whoever brings what clients send while
 * nobody is logged in: null, or an empty text. Rejects with a Refusal: `unauthorized`, or `unavailable` while that cannot
 * be told.
 */
export function rightsByToken(keys: BearerKeys): (token: unknown) => Promise<Rights> {
  const verify = bearerVerifier(keys);
  return async (token) => {
    if (token === undefined || token === null || token === '') return { audience: 'public', until: null };
    if (typeof token !== 'string') throw tokenRefused('must be a text');
    const { scopes, until } = await verify(token);
    return { audience: scopes.has(SHOWS_HIDDEN_COUNTS) ? 'private' : 'public', until };
  };
}

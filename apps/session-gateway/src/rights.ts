import type { Scope } from '#libs/contracts';
import type { Audience } from '#libs/live-list';
import { type BearerKeys, bearerVerifier } from '#libs/service-host';

/** What a caller may see, and until when (epoch ms; null: for ever). */
export interface Rights {
  audience: Audience;
  until: number | null;
}

/** Hidden counts need a claim that names them. Private fields are on no card: their scope shows nothing more here. */
const SHOWS_HIDDEN_COUNTS: Scope = 'counts:hidden';

/**
 * What the bearer of a token may see; who brings none is the public. Rejects when the token is not valid, or nothing to
 * verify it by is configured.
 */
export function rightsByToken(keys: BearerKeys): (token: unknown) => Promise<Rights> {
  const verify = bearerVerifier(keys);
  return async (token) => {
    if (token === undefined) return { audience: 'public', until: null };
    if (typeof token !== 'string') throw new Error('a token is a text');
    const { scopes, until } = await verify(token);
    return { audience: scopes.has(SHOWS_HIDDEN_COUNTS) ? 'private' : 'public', until };
  };
}

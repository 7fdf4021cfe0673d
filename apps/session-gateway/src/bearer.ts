import type { Audience } from '#libs/live-list';
import { type JWTPayload, createRemoteJWKSet, jwtVerify } from 'jose';

/** What a caller may see, and until when (epoch ms; null: for ever). */
export interface Rights {
  audience: Audience;
  until: number | null;
}

export interface BearerKeys {
  secret?: string;
  jwksUrl?: string;
}

/** The scope that shows hidden counts. */
const PRIVATE_SCOPE = 'sessions:private';

/**
 * What the bearer of a token may see; who brings none is the public. Rejects when the token is not valid, or no key to
 * verify it is configured.
 */
export function bearerRights({ secret, jwksUrl }: BearerKeys): (token: unknown) => Promise<Rights> {
  const remote = jwksUrl === undefined ? undefined : createRemoteJWKSet(new URL(jwksUrl));
  const local = secret === undefined ? undefined : new TextEncoder().encode(secret);
  return async (token) => {
    if (token === undefined) return { audience: 'public', until: null };
    if (typeof token !== 'string') throw new Error('a token is a text');
    if (remote) return rightsOf((await jwtVerify(token, remote, { algorithms: ['RS256', 'ES256', 'EdDSA'] })).payload);
    if (local) return rightsOf((await jwtVerify(token, local, { algorithms: ['HS256'] })).payload);
    throw new Error('no key is configured');
  };
}

function rightsOf({ scope, exp }: JWTPayload): Rights {
  const scopes = typeof scope === 'string' ? scope.split(' ') : [];
  return {
    audience: scopes.includes(PRIVATE_SCOPE) ? 'private' : 'public',
    until: exp === undefined ? null : exp * 1000,
  };
}

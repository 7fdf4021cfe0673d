import { type JWTPayload, createRemoteJWKSet, jwtVerify } from 'jose';
import type { Caller } from './caller';

/** How tokens are verified: by a shared secret (HS256), or by a key set (RS256, ES256, EdDSA). */
export interface BearerKeys {
  secret?: string | undefined;
  jwksUrl?: string | undefined;
}

/** Verifies a token and gives its bearer. Rejects when it is not valid, or when nothing to verify it by is configured. */
export function bearerVerifier({ secret, jwksUrl }: BearerKeys): (token: string) => Promise<Caller> {
  const remote = jwksUrl === undefined ? undefined : createRemoteJWKSet(new URL(jwksUrl));
  const local = secret === undefined ? undefined : new TextEncoder().encode(secret);
  return async (token) => {
    if (remote) return callerOf((await jwtVerify(token, remote, { algorithms: ['RS256', 'ES256', 'EdDSA'] })).payload);
    if (local) return callerOf((await jwtVerify(token, local, { algorithms: ['HS256'] })).payload);
    throw new Error('tokens are not configured here');
  };
}

function callerOf({ sub, scope, sources, exp }: JWTPayload): Caller {
  return {
    id: `token ${sub ?? 'without a subject'}`,
    scopes: new Set(typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : []),
    // A token names what it may send as; one that names nothing may send nothing.
    sources: Array.isArray(sources) ? sources.filter((source) => typeof source === 'string') : [],
    until: exp === undefined ? null : exp * 1000,
  };
}

import {
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  errors,
  jwtVerify,
} from 'jose';
import { Refusal } from '../refusal';
import { CLOCK_TOLERANCE_MS, type Caller } from './caller';
import { tokenRefused } from './credential';
import { type KeySet, keySet } from './key-set';
import { whyRefused } from './why-refused';

/** How tokens are verified: by a shared secret (HS256), or by a key set; and what they must say. */
export interface BearerKeys {
  secret?: string | undefined;
  jwksUrl?: string | undefined;
  issuer?: string | undefined;
  /** The token must be for one of these. */
  audience?: string[] | undefined;
  /** Default: true. */
  requireExp?: boolean | undefined;
}

/** Signatures by a key pair only: a public key must not be taken for a shared secret. */
const OF_KEY_SETS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');

/**
 * Verifies a token and gives its bearer. Rejects with a Refusal: 401 that says why it is not valid, 503 when the key
 * set is out of reach.
 */
export function bearerVerifier(keys: BearerKeys): (token: string) => Promise<Caller> {
  const verify = verifierOf(keys);
  return async (token) => {
    if (!verify) throw tokenRefused('no tokens are taken here: nothing to verify them by is configured');
    try {
      return callerOf((await verify(token)).payload);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const why = whyRefused(error);
      if (why !== undefined) throw tokenRefused(why);
      const refusal = new Refusal(503, 'unavailable', 'the token cannot be verified now: its key cannot be used');
      throw Object.assign(refusal, { cause: error });
    }
  };
}

function verifierOf(keys: BearerKeys): ((token: string) => Promise<JWTVerifyResult>) | undefined {
  const { secret, jwksUrl, issuer, audience, requireExp = true } = keys;
  const options: JWTVerifyOptions = {
    clockTolerance: CLOCK_TOLERANCE_MS / 1000,
    requiredClaims: requireExp ? ['exp'] : [],
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
  if (jwksUrl !== undefined) {
    const set = keySet(jwksUrl);
    return (token) => verifyBySet(token, set, { ...options, algorithms: OF_KEY_SETS });
  }
  if (secret === undefined) return undefined;
  const shared = new TextEncoder().encode(secret);
  return (token) => jwtVerify(token, shared, { ...options, algorithms: ['HS256'] });
}

/** A signature that does not match may be that of a key that took the place of another one under the same name. */
async function verifyBySet(token: string, set: KeySet, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  try {
    return await verifyByAny(token, set.find, options);
  } catch (error) {
    if (!(error instanceof errors.JWSSignatureVerificationFailed) || !(await set.renew())) throw error;
  }
  return verifyByAny(token, set.find, options);
}

/** A token that names no key is tried with every one that fits and can be used. */
async function verifyByAny(token: string, find: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, find, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch((failure: unknown) => {
        if (failure instanceof errors.JWSSignatureVerificationFailed || failure instanceof TypeError) return undefined;
        throw failure;
      });
      if (verified) return verified;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function callerOf({ sub, scope, scp, sources, exp }: JWTPayload): Caller {
  return {
    id: sub === undefined ? 'token' : `token ${sub}`,
    scopes: new Set([...namesIn(scope), ...namesIn(scp)]),
    // A token names what it may send as; one that names nothing may send nothing.
    sources: Array.isArray(sources) ? sources.filter((source) => typeof source === 'string') : [],
    until: exp === undefined ? null : exp * 1000,
  };
}

/** A claim that lists names, as issuers write it: separated by spaces, or as a list. */
function namesIn(claim: unknown): string[] {
  const texts = Array.isArray(claim) ? claim : [claim];
  return texts.flatMap((text) => (typeof text === 'string' ? text.split(' ').filter((name) => name !== '') : []));
}

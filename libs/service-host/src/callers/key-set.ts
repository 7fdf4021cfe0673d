import { type JWTVerifyGetKey, createLocalJWKSet, createRemoteJWKSet, errors } from 'jose';
import { Refusal } from '../refusal';
import { resting } from './resting';

/** How long an answer of the key set's server may take. */
const TIMEOUT_MS = 3000;
/** An unknown key id makes the set be read again, at most this often. */
const COOLDOWN_MS = 5000;
const REST_MS = 1000;

/** Public keys that change now and then. */
export interface KeySet {
  /** The key that a token names. Rejects with a Refusal (503) when it cannot be told now whether it exists. */
  find: JWTVerifyGetKey;
  /** Reads them again, unless they were read a moment ago; whether it has. Rejects like `find`. */
  renew(): Promise<boolean>;
}

/**
 * The public keys at a URL. They are read again after ten minutes, and when a token names a key that is not among them.
 * While they cannot be read the last ones hold.
 */
export function keySet(url: string): KeySet {
  const remote = createRemoteJWKSet(new URL(url), { timeoutDuration: TIMEOUT_MS, cooldownDuration: COOLDOWN_MS });
  let held: JWTVerifyGetKey | undefined;
  const read = resting(REST_MS, async () => {
    await remote.reload();
    held = createLocalJWKSet(remote.jwks() ?? { keys: [] });
    return held;
  });
  const find: JWTVerifyGetKey = async (header, token) => {
    // Whoever finds a key among the last ones does not wait for the next ones.
    if (held && !remote.fresh) read().catch(() => undefined);
    try {
      return await (held ?? (await read().catch(unreachable)))(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || remote.coolingDown) throw error;
    }
    return (await read().catch(unreachable))(header, token);
  };
  const renew = async () => {
    if (remote.coolingDown) return false;
    await read().catch(unreachable);
    return true;
  };
  return { find, renew };
}

function unreachable(cause: unknown): never {
  const refusal = new Refusal(503, 'unavailable', 'tokens cannot be verified now: their key set is out of reach');
  throw Object.assign(refusal, { cause });
}

import type { Caller } from './caller';
import { keyRefused } from './credential';
import { resting } from './resting';
import { within } from './within';

export interface KeyVerifierOptions {
  /** The caller by a key that needs no look-up, such as a configured one. */
  configured?: (key: string) => Caller | undefined;
  /** Whether the text can be a key of the record; what cannot is not looked up. */
  canBeKey: (key: string) => boolean;
  /** The caller whose key it is; undefined: nobody's. Rejects when that cannot be known now. */
  find: (key: string) => Promise<Caller | undefined>;
}

/** A look-up that takes longer counts as failed. */
const LOOK_UP_LIMIT_MS = 5000;
const REST_MS = 1000;

/** Gives the caller by a key. Rejects with a Refusal (401) when it is nobody's, else when that cannot be known now. */
export function keyVerifier({ configured, canBeKey, find }: KeyVerifierOptions): (key: string) => Promise<Caller> {
  const look = resting(REST_MS, (key: string) => within(LOOK_UP_LIMIT_MS, find(key)));
  return async (key) => {
    const caller = configured?.(key) ?? (canBeKey(key) ? await look(key) : undefined);
    if (caller) return caller;
    throw keyRefused();
  };
}

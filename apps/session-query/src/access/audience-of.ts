import type { Scope } from '#libs/contracts';
import type { Caller } from '#libs/service-host';
import { type Audience, PUBLIC } from '#libs/session';

/** Sees private fields; what a preset hides stays hidden here, whoever asks. */
export const KEYED: Audience = { privateFields: true, hiddenCounts: false };

const PRIVATE: Scope = 'sessions:private';

/** What a caller may see; null is the public. */
export function audienceOf(caller: Caller | null): Audience {
  return caller?.scopes.has(PRIVATE) ? KEYED : PUBLIC;
}

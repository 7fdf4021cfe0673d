import type { Scope } from '#libs/contracts';
import type { Caller } from '#libs/service-host';
import { type Audience, KEYED, PUBLIC } from '#libs/session';

const PRIVATE: Scope = 'sessions:private';

/** What a caller may see; null is the public. */
export function audienceOf(caller: Caller | null): Audience {
  return caller?.scopes.has(PRIVATE) ? KEYED : PUBLIC;
}

import type { Scope } from '#libs/contracts';
import { type Caller, Refusal } from '#libs/service-host';

const READS: Scope = 'events:read';
const WRITES: Scope = 'events:write';

/**
 * The sources of whose events the caller may know what became of them; null: of every one. Who may send as a source may
 * know it of that source. Throws a Refusal: 401 for the public, 403 for who lacks both scopes.
 */
export function sourcesOf(caller: Caller | null): readonly string[] | null {
  if (caller?.scopes.has(READS)) return null;
  if (caller?.scopes.has(WRITES)) return caller.sources;
  const needed = `needs a key or token with the scope ${READS} or ${WRITES}`;
  throw caller ? new Refusal(403, 'forbidden', needed) : new Refusal(401, 'unauthorized', needed);
}

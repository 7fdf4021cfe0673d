import { z } from 'zod';

/**
 * What a caller may do beyond what everybody may; a key has some, and a token names them in its claim `scope`.
 *
 * - `sessions:private`: a host's e-mail, external id and organization
 * - `counts:hidden`: counts and peaks that a preset hides, in what the gateway pushes; REST shows them to nobody
 * - `events:read`: the events of a session as producers sent them
 * - `events:write`: send events, of the sources that the key or the token's claim `sources` names
 * - `admin:read`: what operators look at: facts of the processes, the quarantine with its bytes, keys, acts
 * - `admin:act`: replay and discard what is in quarantine, let a topic go on, revoke keys
 */
export const scope = z.enum([
  'sessions:private',
  'counts:hidden',
  'events:read',
  'events:write',
  'admin:read',
  'admin:act',
]);

export type Scope = z.output<typeof scope>;

import { z } from 'zod';

/**
 * What a caller may do beyond what everybody may; a key has some, and a token names them in its claim `scope`.
 *
 * - `sessions:private`: a host's e-mail, external id and organization
 * - `counts:hidden`: counts and peaks that a preset hides
 * - `events:read`: the events of a session as producers sent them
 * - `events:write`: send events, of the sources that the key or the token's claim `sources` names
 */
export const scope = z.enum(['sessions:private', 'counts:hidden', 'events:read', 'events:write']);

export type Scope = z.output<typeof scope>;

import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../refusal';

/** What a caller shows to be known: a key, or a bearer token. */
export interface Credential {
  kind: 'key' | 'token';
  text: string;
}

type Headers = Pick<IncomingHttpHeaders, 'authorization'> & Record<string, string | string[] | undefined>;

const BEARER = /^bearer(?: +(\S+))?$/i;

/**
 * What a request shows: `X-API-Key`, else `Authorization: Bearer`; null: nothing. A header without a value is what
 * clients send while nobody is logged in, and counts as absent. Throws a Refusal (401) for another kind of
 * authorization: who believes to be known must not take masked fields for missing ones.
 */
export function readCredential(headers: Headers): Credential | null {
  const key = keyIn([headers['x-api-key'] ?? ''].flat().join(', ').trim());
  if (key !== '') return { kind: 'key', text: key };
  const authorization = headers.authorization?.trim() ?? '';
  if (authorization === '') return null;
  const bearer = BEARER.exec(authorization);
  if (!bearer) throw tokenRefused('must be Bearer and a token, or be left out');
  return bearer[1] === undefined ? null : { kind: 'token', text: bearer[1] };
}

/** A header that is sent twice arrives as one, separated by a comma: equal values are one, and empty ones none. */
function keyIn(header: string): string {
  const values = new Set(header.split(',').map((value) => value.trim()));
  values.delete('');
  const [only = ''] = values;
  return values.size > 1 ? header : only;
}

/** Names a credential without holding it: what is kept in memory opens nothing. */
export function nameOf({ kind, text }: Credential): string {
  return `${kind} ${createHash('sha256').update(text).digest('base64url')}`;
}

/** `why`: what is wrong, for the caller. It tells nothing that the token itself does not. */
export function tokenRefused(why: string): Refusal {
  return new Refusal(401, 'unauthorized', 'the token is not valid', [{ parameter: 'Authorization', message: why }]);
}

export function keyRefused(): Refusal {
  const message = 'must be a known key, or be left out';
  return new Refusal(401, 'unauthorized', 'the API key is not known', [{ parameter: 'X-API-Key', message }]);
}

/** Nobody is logged in: null, undefined or an empty text. */
export type Token = string | null | undefined;

/** A token, or what gives the token of the moment: asked at each connection, at each request, and before one ends. */
export type TokenSource = Token | (() => Token | PromiseLike<Token>);

/** The token of now; undefined: the public. A function that gives a text gives it at once, not a promise of it. */
export function tokenOf(source: TokenSource): string | undefined | Promise<string | undefined> {
  const given = typeof source === 'function' ? source() : source;
  if (typeof given === 'object' && given !== null) return Promise.resolve(given).then(textOf);
  return textOf(given);
}

function textOf(token: Token): string | undefined {
  return token === null || token === '' ? undefined : token;
}

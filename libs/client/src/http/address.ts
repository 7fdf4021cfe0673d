/** An address of a service joined with a path, whatever it is mounted under. */
export function addressOf(base: string, path: string): URL {
  return new URL(`${base.replace(/\/+$/, '')}${path}`);
}

/** An address of a service joined with a path, whatever it is mounted under, and with parameters. */
export function addressOf(base: string, path: string, parameters?: URLSearchParams): URL {
  const url = new URL(`${base.replace(/\/+$/, '')}${path}`);
  if (parameters) url.search = String(parameters);
  return url;
}

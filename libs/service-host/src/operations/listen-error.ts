/** Why a process cannot listen, in words that name the variable; what is no matter of the port is given back as it is. */
export function listenError(variable: string, port: number, host: string, cause: unknown): unknown {
  const { code } = (cause ?? {}) as { code?: unknown };
  const why = typeof code === 'string' ? WHY[code] : undefined;
  if (why === undefined) return cause;
  return new ListenError(`cannot listen on port ${port} of ${host} (${variable}): ${why}`, { cause });
}

/** A port that cannot be had: the message says all that is needed. */
export class ListenError extends Error {}

const WHY: Record<string, string> = {
  EADDRINUSE: 'another process has it',
  EACCES: 'this user may not use it',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};

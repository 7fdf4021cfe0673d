import type { ServerResponse } from 'node:http';

/** Tells when the connection of a caller is closed before the caller has the answer. */
export function callerGone(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

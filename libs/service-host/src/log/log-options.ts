import type { IncomingMessage } from 'node:http';
import type { Options } from 'pino-http';
import { describeError, serializeError } from './describe-error';

/**
 * How every service logs. Errors and requests are written by what may be shown of them: an error of a driver carries the
 * values of its query, and a request its keys and tokens.
 */
export function logOptions(name: string, level: string): Options {
  return {
    name,
    level,
    autoLogging: false,
    // Otherwise our serializers would be given what pino's own have already copied from the error and the request.
    wrapSerializers: false,
    serializers: { err: serializeError, req: shownRequest, res: shownResponse },
    hooks: {
      logMethod(args, method) {
        method.apply(this, withMessage(args) as Parameters<typeof method>);
      },
    },
  };
}

/** pino takes the message of an error for the line's where none is given, past the serializer. */
function withMessage([first, ...rest]: unknown[]): unknown[] {
  const error = first instanceof Error ? first : (first as { err?: unknown } | null | undefined)?.err;
  if (error === undefined || typeof rest[0] === 'string')
    return first instanceof Error ? [{ err: first }, ...rest] : [first, ...rest];
  return [first instanceof Error ? { err: first } : first, describeError(error)];
}

/** Neither headers nor the query: both may carry a key or a token, and the query what somebody searched for. */
function shownRequest({ id, method, url }: IncomingMessage & { id?: unknown }) {
  return { id, method, path: url?.split('?')[0] };
}

function shownResponse({ statusCode }: { statusCode?: number }) {
  return { statusCode };
}

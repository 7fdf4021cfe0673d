import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from '#libs/service-host';
import type { FastifyReply } from 'fastify';
import type { HeaderLines } from './response-headers';

/** A request, its response, and who asks. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** null: the public. */
  caller: Caller | null;
  /** `RateLimit-*`. */
  limits: HeaderLines;
  /** The framework's, where the request came through it; undefined: by the shortcut. */
  reply: FastifyReply | undefined;
}

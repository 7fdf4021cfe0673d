import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { SessionRequest } from './session-request';

/** How many targets are known; the rest is routed and read by the framework each time. */
const KNOWN_TARGETS = 2000;

/** Requests of the public that were read and answered before, by their very target: it need not be read again. */
@Injectable()
export class KnownRequests {
  private readonly known = new LRUCache<string, SessionRequest>({ max: KNOWN_TARGETS });

  find(message: IncomingMessage): SessionRequest | undefined {
    return message.url !== undefined && isPlain(message) ? this.known.get(message.url) : undefined;
  }

  learn(message: IncomingMessage, request: SessionRequest): void {
    if (request.key !== undefined && message.url && isPlain(message)) this.known.set(message.url, request);
  }
}

/** Nothing about it but its target, its encodings and what its sender holds can change the answer. */
function isPlain({ method, headers }: IncomingMessage): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers['x-api-key'] === undefined &&
    headers.authorization === undefined &&
    headers.expect === undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

import { Injectable } from '@nestjs/common';
import type { Exchange } from '../http/exchange';
import { ResponseSender } from '../http/response.sender';
import { KnownRequests } from './known-requests';
import { ResponseCache } from './response-cache';
import type { SessionRequest } from './session-request';

/** The way of a request from where it is read: its answer, kept or made, then the response. */
@Injectable()
export class SessionReplies {
  constructor(
    private readonly cache: ResponseCache,
    private readonly sender: ResponseSender,
    private readonly known: KnownRequests,
  ) {}

  /** Nothing has been written when it rejects. */
  async reply(request: SessionRequest, exchange: Exchange): Promise<void> {
    const body = await this.cache.give(request, exchange.response);
    if (exchange.reply) this.known.learn(exchange.request, request);
    await this.sender.send(body, exchange);
  }
}

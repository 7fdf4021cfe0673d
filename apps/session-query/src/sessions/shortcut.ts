import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Gate, limitLines } from '#libs/service-host';
import type { Exchange } from '../http/exchange';
import type { ResponseBody } from '../http/response-body';
import { ResponseSender } from '../http/response.sender';
import { QueryFeed } from '../live/query.feed';
import { KnownRequests } from './known-requests';
import { ResponseCache } from './response-cache';
import { SessionReplies } from './session-replies';
import type { SessionRequest } from './session-request';

/** A request that was read, and the kept response that it gets if that still holds. */
interface Waiting {
  request: SessionRequest;
  kept: ResponseBody;
  exchange: Exchange;
}

/**
 * Leaves out the framework where it has nothing to do: a plain request of the public whose target was read before goes
 * on where the controller would hand it over. All others take the way through the framework, and so does what fails.
 */
@Injectable()
export class Shortcut {
  private framework: RequestListener[] = [];
  /** What those wait for who came last, and they. */
  private caughtUp: Promise<boolean> | undefined;
  private waiting: Waiting[] = [];

  constructor(
    private readonly known: KnownRequests,
    private readonly gate: Gate,
    private readonly live: QueryFeed,
    private readonly cache: ResponseCache,
    private readonly sender: ResponseSender,
    private readonly replies: SessionReplies,
  ) {}

  /** Puts itself before whatever listens to the server's requests. */
  install(server: Server): void {
    this.framework = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (message, response) => this.take(message, response));
  }

  private take(message: IncomingMessage, response: ServerResponse): void {
    const request = this.known.find(message);
    if (!request) return this.throughFramework(message, response);
    const allowance = this.gate.take(null, message, Date.now());
    // The framework counts it again, and refuses it.
    if (allowance?.isAllowed === false) return this.throughFramework(message, response);
    const limits = allowance ? limitLines(allowance) : [];
    const exchange = { request: message, response, caller: null, limits, reply: undefined };
    const kept = this.cache.find(request);
    if (kept) return this.wait({ request, kept, exchange });
    return this.reply(request, exchange);
  }

  /**
   * Those who come at the same moment wait for one and the same answer of Redis, and are replied to in one go when it is
   * there. A chain of promises for each of them would cost more than all else that is done for it here.
   */
  private wait(one: Waiting): void {
    const caughtUp = this.live.catchUp();
    if (caughtUp !== this.caughtUp) {
      this.caughtUp = caughtUp;
      this.waiting = [];
      void this.replyToAll(this.waiting, caughtUp);
    }
    this.waiting.push(one);
  }

  private async replyToAll(waiting: readonly Waiting[], caughtUp: Promise<boolean>): Promise<void> {
    const hasCaughtUp = await caughtUp;
    for (const { request, kept, exchange } of waiting) {
      try {
        const isGiven = this.cache.giveAgain(kept, hasCaughtUp) && this.sender.sendNow(kept, exchange);
        if (!isGiven) this.reply(request, exchange);
      } catch {
        this.failed(exchange);
      }
    }
  }

  /** The way on for all whose response has to be made, or encoded. */
  private reply(request: SessionRequest, exchange: Exchange): void {
    this.replies.reply(request, exchange).catch(() => this.failed(exchange));
  }

  private failed({ request, response }: Exchange): void {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    this.gate.giveBack(null, request);
    this.throughFramework(request, response);
  }

  private throughFramework(message: IncomingMessage, response: ServerResponse): void {
    for (const listener of this.framework) listener(message, response);
  }
}

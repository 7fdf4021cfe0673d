import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Gate, limitLines } from '#libs/service-host';
import { KnownRequests } from './known-requests';
import { SessionReplies } from './session-replies';

/**
 * Leaves out the framework where it has nothing to do: a plain request of the public whose target was read before goes
 * on where the controller would hand it over. All others take the way through the framework, and so does what fails.
 */
@Injectable()
export class Shortcut {
  constructor(
    private readonly known: KnownRequests,
    private readonly gate: Gate,
    private readonly replies: SessionReplies,
  ) {}

  /** Puts itself before whatever listens to the server's requests. */
  install(server: Server): void {
    const framework = server.listeners('request') as RequestListener[];
    const throughFramework = (request: IncomingMessage, response: ServerResponse) => {
      for (const listener of framework) listener(request, response);
    };
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const read = this.known.find(request);
      if (!read) return throughFramework(request, response);
      const allowance = this.gate.take(null, request, Date.now());
      // The framework counts it again, and refuses it.
      if (allowance?.isAllowed === false) return throughFramework(request, response);
      const exchange = {
        request,
        response,
        caller: null,
        limits: allowance ? limitLines(allowance) : [],
        reply: undefined,
      };
      this.replies.reply(read, exchange).catch(() => {
        if (response.headersSent || response.destroyed) return response.destroy();
        this.gate.giveBack(null, request);
        return throughFramework(request, response);
      });
    });
  }
}

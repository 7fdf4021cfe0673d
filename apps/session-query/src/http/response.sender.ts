import { Injectable } from '@nestjs/common';
import { Gate } from '#libs/service-host';
import type { Encoding } from './content-encoding';
import type { Exchange } from './exchange';
import type { ResponseBody } from './response-body';
import { ResponseHeaders } from './response-headers';

/** The one way in which an answer leaves, on node's own response, whether or not the framework had a part in it. */
@Injectable()
export class ResponseSender {
  constructor(
    private readonly headers: ResponseHeaders,
    private readonly gate: Gate,
  ) {}

  /** 304 for whoever holds the answer, else 200 in an encoding that the client takes. Nothing is written when it rejects. */
  async send(body: ResponseBody, exchange: Exchange): Promise<void> {
    if (this.sendNow(body, exchange)) return;
    await body.encode(encodingFor(body, exchange));
    this.sendNow(body, exchange);
  }

  /** The same at once. False, and nothing is written: it has to be encoded first. */
  sendNow(body: ResponseBody, exchange: Exchange): boolean {
    const { request, response, caller, limits, reply } = exchange;
    const { method, headers } = request;
    const receiver = { origin: headers.origin, isKnown: caller !== null };
    const held = body.heldBy(headers['if-none-match'], Date.now());
    if (held !== undefined) {
      // Who asks with `*` holds nothing, and what was made for a request is work: else whatever is asked would cost nothing.
      if (headers['if-none-match'] !== '*' && body.isPaid) this.gate.giveBack(caller, request);
      body.isPaid = true;
      reply?.hijack();
      response.writeHead(304, [...this.headers.lines(body, receiver), 'etag', held, ...limits]).end();
      return true;
    }
    const encoding = encodingFor(body, exchange);
    const bytes = body.bytes(encoding);
    if (!bytes) return false;
    reply?.hijack();
    const lines = this.headers.lines(body, receiver, { bytes, encoding });
    body.isPaid = true;
    response.writeHead(200, [...lines, 'etag', body.etag, ...limits]).end(method === 'HEAD' ? undefined : bytes);
    return true;
  }
}

function encodingFor(body: ResponseBody, { request }: Exchange): Encoding {
  return body.encodingFor(request.headers['accept-encoding']);
}

import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type Allowance, Gate, limitHeaders } from '#libs/service-host';
import { LRUCache } from 'lru-cache';
import { Answers } from './answers';
import type { Asked } from './asked';
import { AnswerHeaders, type HeaderLines } from './answer-headers';

/** How many targets are known; the rest takes the way through the framework. */
const KNOWN_TARGETS = 2000;

/**
 * Answers the plain public questions before the framework sees them: those whose very target was understood before.
 * Everything unusual falls through, and so does whatever fails.
 */
@Injectable()
export class HotRequests {
  private readonly known = new LRUCache<string, Asked>({ max: KNOWN_TARGETS });

  constructor(
    private readonly answers: Answers,
    private readonly headers: AnswerHeaders,
    private readonly gate: Gate,
  ) {}

  /** A target that was understood and answered: from here on it is hot. */
  learn(request: IncomingMessage, asked: Asked): void {
    const { url } = request;
    if (asked.key === undefined || !url || !isPlain(request)) return;
    this.known.set(url, asked);
  }

  /** Puts itself before whatever listens to the server's requests. */
  install(server: Server): void {
    const framework = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const asked = isPlain(request) && request.url ? this.known.get(request.url) : undefined;
      if (!asked) return pass(framework, request, response);
      const allowance = this.gate.take(null, request, Date.now());
      // The framework refuses it, in the envelope.
      if (allowance?.isAllowed === false) return pass(framework, request, response);
      this.send(asked, request, response, linesOf(allowance)).catch(() => {
        if (response.headersSent || response.destroyed) return response.destroy();
        this.gate.giveBack(null, request);
        return pass(framework, request, response);
      });
    });
  }

  private async send(
    asked: Asked,
    request: IncomingMessage,
    response: ServerResponse,
    limits: HeaderLines,
  ): Promise<void> {
    const { headers, method } = request;
    const answer = await this.answers.give(asked, response);
    const held = answer.heldBy(headers['if-none-match'], Date.now());
    if (held !== undefined) {
      this.gate.giveBack(null, request);
      response.writeHead(304, [...this.headers.lines(answer, headers.origin), 'etag', held, ...limits]).end();
      return;
    }
    const encoding = answer.encodingFor(headers['accept-encoding']);
    const body = encoding === 'identity' ? answer.body : await answer.bytes(encoding);
    const said = this.headers.lines(answer, headers.origin, { body, encoding });
    response.writeHead(200, [...said, 'etag', answer.etag, ...limits]);
    response.end(method === 'HEAD' ? undefined : body);
  }
}

/** Nothing about the request but its target, its encodings and what it holds already can change the answer. */
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

function linesOf(allowance: Allowance | null): HeaderLines {
  const lines: string[] = [];
  if (allowance) for (const [name, value] of Object.entries(limitHeaders(allowance))) lines.push(name, value);
  return lines;
}

function pass(framework: RequestListener[], request: IncomingMessage, response: ServerResponse): void {
  for (const listener of framework) listener(request, response);
}

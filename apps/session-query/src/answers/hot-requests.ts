import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { AnswerBytes } from './answer-bytes';
import { Answers } from './answers';
import type { Asked } from './asked';
import { bodyHeaders, headersOf } from './headers';

/** How many targets are known; the rest takes the way through the framework. */
const KNOWN_TARGETS = 2000;

/**
 * Answers the plain public questions before the framework sees them: those whose very target was understood before.
 * Everything unusual falls through, and so does whatever fails.
 */
@Injectable()
export class HotRequests {
  private readonly known = new Map<string, Asked>();

  constructor(private readonly answers: Answers) {}

  /** A target that was understood and answered: from here on it is hot. */
  learn(request: IncomingMessage, asked: Asked): void {
    const { url } = request;
    if (asked.key === undefined || !url || !isPlain(request)) return;
    this.known.delete(url);
    this.known.set(url, asked);
    const [oldest] = this.known.keys();
    if (this.known.size > KNOWN_TARGETS && oldest !== undefined) this.known.delete(oldest);
  }

  /** Puts itself before whatever listens to the server's requests. */
  install(server: Server): void {
    const framework = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const asked = isPlain(request) && request.url ? this.known.get(request.url) : undefined;
      if (!asked) return pass(framework, request, response);
      this.answers
        .give(asked)
        .then((answer) => send(answer, request, response))
        .catch(() => (response.headersSent ? response.destroy() : pass(framework, request, response)));
    });
  }
}

/** Nothing about the request but its target, its encodings and what it holds already can change the answer. */
function isPlain({ method, headers }: IncomingMessage): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers['x-api-key'] === undefined &&
    headers.authorization === undefined &&
    headers.origin === undefined &&
    headers.expect === undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined
  );
}

function pass(framework: RequestListener[], request: IncomingMessage, response: ServerResponse): void {
  for (const listener of framework) listener(request, response);
}

async function send(answer: AnswerBytes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { headers, method } = request;
  const held = answer.heldBy(headers['if-none-match'], Date.now());
  if (held !== undefined) {
    response.writeHead(304, headersOf(answer, held)).end();
    return;
  }
  const encoding = answer.encodingFor(headers['accept-encoding']);
  const body = await answer.bytes(encoding);
  response.writeHead(200, { ...headersOf(answer), ...bodyHeaders(body, encoding) });
  response.end(method === 'HEAD' ? undefined : body);
}

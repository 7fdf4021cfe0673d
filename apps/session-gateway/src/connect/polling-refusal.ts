import type { IncomingMessage, ServerResponse } from 'node:http';
import { CLOSE_PACKET, pollingPayload, refusalPackets, revisionOf } from './engine-refusal';
import { corsOf } from './readable-refusal';

export const WEBSOCKET_ONLY = "long polling is off here: connect with { transports: ['websocket'] }";
const NO_UPGRADE = 'the request is no websocket upgrade: a proxy on the way may have dropped the Upgrade header';
/** Of Engine.IO. */
const BAD_REQUEST = 3;

/**
 * Answers a request to Socket.IO that is no upgrade. A client that begins with polling, as they do by default, is told
 * in its own packets what to do, so that the app sees a sentence, not "xhr poll error"; in browsers of every origin.
 */
export function refusePolling(request: IncomingMessage, response: ServerResponse, why = WEBSOCKET_ONLY): void {
  const parameters = new URL(request.url ?? '/', 'http://gateway').searchParams;
  const revision = revisionOf(parameters);
  request.resume();
  const answer = (status: number, type: string, body: string) => {
    response.writeHead(status, { ...corsOf(request), 'content-type': type, 'cache-control': 'no-store' }).end(body);
  };
  if (request.method === 'OPTIONS') return void response.writeHead(204, preflightOf(request)).end();
  if (parameters.get('transport') !== 'polling') {
    return answer(400, 'application/json', JSON.stringify({ code: BAD_REQUEST, message: NO_UPGRADE }));
  }
  if (request.method === 'POST') return answer(200, 'text/html', 'ok');
  const packets = parameters.has('sid') ? [CLOSE_PACKET] : refusalPackets(revision, why, 'websocket_only');
  answer(200, 'text/plain; charset=UTF-8', pollingPayload(revision, packets));
}

function preflightOf(request: IncomingMessage): Record<string, string> {
  const asked = request.headers['access-control-request-headers'];
  return {
    ...corsOf(request),
    'access-control-allow-methods': 'GET, POST',
    'access-control-max-age': '600',
    ...(asked === undefined ? {} : { 'access-control-allow-headers': asked }),
  };
}

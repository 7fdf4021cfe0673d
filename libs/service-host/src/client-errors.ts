import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorCode } from '#libs/contracts';
import { errorAnswer } from './refusal';
import { refusalHeaders } from './refusal-headers';
import { SECURITY_HEADERS } from './security-headers';

type Answer = [status: number, code: ErrorCode, error: string];

const BY_CODE: Record<string, Answer> = {
  HPE_HEADER_OVERFLOW: [431, 'headers_too_large', 'the URL and the headers must have less than 16384 bytes together'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'payload_too_large', 'the extensions of the chunks are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request_timeout', 'the request did not arrive in time'],
};
const MALFORMED: Answer = [400, 'malformed_request', 'this is not an HTTP/1.1 request'];

/** Answers in the envelope what never became a request, and closes the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable && !hasBegunToAnswer(socket)) socket.write(clientErrorText(error.code, Date.now()));
  socket.destroySoon();
}

/** The whole HTTP answer. `now` in epoch ms. */
export function clientErrorText(errorCode: string | undefined, now: number): string {
  const [status, code, error] = BY_CODE[errorCode ?? ''] ?? MALFORMED;
  const body = JSON.stringify(errorAnswer(code, error, [], now));
  const headers = {
    ...SECURITY_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...refusalHeaders(status),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`;
}

/** Node's own handler asks the same: a second answer inside another would be taken for a part of it. */
function hasBegunToAnswer(socket: Socket): boolean {
  const { _httpMessage: message } = socket as { _httpMessage?: ServerResponse | null };
  return message?.headersSent === true;
}

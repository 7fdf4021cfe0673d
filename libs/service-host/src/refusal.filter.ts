import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { ErrorCode } from '#libs/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { Refusal, errorAnswer } from './refusal';
import { refusalHeaders } from './refusal-headers';

const CODES: Record<number, ErrorCode> = {
  400: 'invalid_query',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'payload_too_large',
  408: 'request_timeout',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  431: 'headers_too_large',
  503: 'unavailable',
};

/** Every refusal and failure leaves in the envelope; what is our fault says nothing of its inside, and is logged. */
@Catch()
export class RefusalFilter implements ExceptionFilter {
  constructor(private readonly log: PinoLogger) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const status = statusOf(exception);
    if (status >= 500 && status !== 503) {
      const { method, url } = http.getRequest<FastifyRequest>();
      this.log.error({ err: exception, method, path: url.split('?')[0] }, 'a request failed');
    }
    const code = codeOf(exception, status);
    const details = exception instanceof Refusal ? exception.details : [];
    void reply.headers(refusalHeaders(status, exception instanceof Refusal ? exception.headers : {}));
    void reply.status(status).send(errorAnswer(code, messageOf(exception, status), details, Date.now()));
  }
}

function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const status = (exception as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function codeOf(exception: unknown, status: number): ErrorCode {
  if (exception instanceof Refusal) return exception.code;
  return status === 400 && isOfBody(exception) ? 'invalid_body' : (CODES[status] ?? 'internal');
}

/** What the framework says of a body that it could not read. */
function isOfBody(exception: unknown): boolean {
  const { cause = exception } = (exception ?? {}) as { cause?: unknown };
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' && code.startsWith('FST_ERR_CTP_');
}

function messageOf(exception: unknown, status: number): string {
  if (status >= 500 && !(exception instanceof Refusal)) return 'something went wrong here';
  return exception instanceof Error ? exception.message : 'the request is not valid';
}

import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Logger, PinoLogger } from 'nestjs-pino';
import { answerClientError } from './client-errors';
import { ConfigError } from './config';
import { describeError, serializeError } from './log/describe-error';
import { ListenError, listenError } from './operations/listen-error';
import { Operations } from './operations/operations';
import { Readiness } from './readiness';
import { Refusal, errorAnswer } from './refusal';
import { refusalHeaders } from './refusal-headers';
import { SECURITY_HEADERS } from './security-headers';

const SHUTDOWN_LIMIT_MS = 9000;
const SLOW_REQUEST_MS = 500;
/** All filters at their most fit; what is longer than all headers may be never gets here. */
const MAX_URL_LENGTH = 12_000;
const REQUEST_LIMIT_MS = 30_000;

export interface RunOptions {
  name: string;
  host: string;
  port: number;
  /** Where `/metrics` and the details of its readiness are. */
  operations: { host: string; port: number };
  /** Before it listens: adapters, hooks of the server. */
  prepare?: (app: NestFastifyApplication) => void | Promise<void>;
  /** How long a request may take to arrive, body and all; who is slower is answered 408. */
  requestLimitMs?: number;
}

/**
 * A process: makes the app, listens, and on SIGTERM or SIGINT closes it and exits 0, within 10 s. `wire` is called
 * inside, so that a wrong configuration ends here as well: the whole list on stderr, exit 1.
 */
export async function runService(wire: () => { module: Type; options: RunOptions }): Promise<void> {
  try {
    const { module, options } = wire();
    const app = await createService(module, options);
    await listen(app, options);
    const log = await app.resolve(PinoLogger);
    log.info({ url: await app.getUrl(), operationsPort: app.get(Operations).port }, 'listening');
    closeOnSignal(app, log);
  } catch (error) {
    const isPlain = error instanceof ConfigError || error instanceof ListenError;
    process.stderr.write(`${isPlain ? error.message : describe(error)}\n`);
    process.exit(1);
  }
}

/** Operators see how it starts: their port is open before the public one. */
async function listen(app: NestFastifyApplication, { host, port, operations }: RunOptions): Promise<void> {
  await app.get(Operations).listen(operations.port, operations.host);
  await app.listen(port, host).catch((error: unknown) => {
    throw listenError('PORT', port, host, error);
  });
}

/** The app, not yet listening: also the way tests make one. */
export async function createService(
  module: Type,
  options: Pick<RunOptions, 'prepare' | 'requestLimitMs'>,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    ...arrivingWithin(options.requestLimitMs ?? REQUEST_LIMIT_MS),
    forceCloseConnections: true,
    // Schemas say what is wrong with a long one.
    routerOptions: { maxParamLength: MAX_URL_LENGTH },
    frameworkErrors: refuseUrl,
    clientErrorHandler: answerClientError,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  const log = await app.resolve(PinoLogger);
  const server = adapter.getInstance();
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(SECURITY_HEADERS);
    done(request.url.length > MAX_URL_LENGTH ? tooLongUrl() : undefined);
  });
  // Ignore unknown Expect headers: Node would answer 417.
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
  // A line per request would halve the throughput: only the slow ones are told (failed ones by the filter).
  server.addHook('onResponse', (request, reply, done) => {
    const elapsedMs = Math.round(reply.elapsedTime);
    if (elapsedMs > SLOW_REQUEST_MS) {
      log.warn({ method: request.method, path: request.url.split('?')[0], elapsedMs }, 'a request was slow');
    }
    done();
  });
  await options.prepare?.(app);
  return app;
}

/** Both limits are the same: of two, Node takes the smaller for the headers and the greater for the whole. */
function arrivingWithin(limitMs: number) {
  return {
    requestTimeout: limitMs,
    http: { requestTimeout: limitMs, headersTimeout: limitMs, connectionsCheckingInterval: Math.ceil(limitMs / 10) },
  };
}

/** A URL that no route can have: the framework answers before any hook. */
function refuseUrl(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const answer = errorAnswer('invalid_query', error.message, [], Date.now());
  void reply
    .status(400)
    .headers({ ...SECURITY_HEADERS, ...refusalHeaders(400) })
    .send(answer);
}

function tooLongUrl(): Refusal {
  return new Refusal(414, 'uri_too_long', `the URL must have at most ${MAX_URL_LENGTH} characters`);
}

function closeOnSignal(app: NestFastifyApplication, log: PinoLogger<string>): void {
  let closing = false;
  const close = (signal: string) => {
    if (closing) return;
    closing = true;
    log.info({ signal }, 'stopping');
    app.get(Readiness).close();
    const limit = setTimeout(() => {
      log.error({ limitMs: SHUTDOWN_LIMIT_MS }, 'did not stop in time');
      process.exit(1);
    }, SHUTDOWN_LIMIT_MS);
    limit.unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'failed while stopping');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => close('SIGTERM'));
  process.on('SIGINT', () => close('SIGINT'));
}

function describe(error: unknown): string {
  const { stack = '' } = serializeError(error);
  return `${describeError(error)}\n${stack}`;
}

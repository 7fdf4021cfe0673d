import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal, corsHook } from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnswerHeaders } from './answer-headers';
import { HotRequests } from './hot-requests';
import { DOCS } from '../pages/docs.controller';
import { serveBoard } from '../pages/serve-board';

/** The built board stands beside the built services. */
const BOARD = join(__dirname, '..', '..', '..', 'board');

/** What the server is before it listens: it only reads, and it serves the board and the API's documents. */
export async function prepare(app: NestFastifyApplication, board = BOARD): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', corsHook(app.get(AnswerHeaders).cors));
  server.addHook('onRequest', refuseToWrite);
  app.get(HotRequests).install(server.server);
  if (!existsSync(join(board, 'index.html'))) return;
  await serveBoard(app, board);
  await app.register(fastifyStatic, {
    wildcard: false,
    index: false,
    root: DOCS,
    prefix: '/docs/',
    globIgnore: ['*.html'],
    decorateReply: false,
  });
}

async function refuseToWrite(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  reply.header('allow', 'GET, HEAD');
  throw new Refusal(405, 'method_not_allowed', `${request.method} is not possible here: this service only reads`);
}

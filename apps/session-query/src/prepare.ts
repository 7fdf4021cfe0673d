import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal, corsHook } from '#libs/service-host';
import type { FastifyRequest } from 'fastify';
import { ACTS_PATH } from './admin/acts-path';
import { DOCS } from './pages/docs.controller';
import { serveBoard } from './pages/serve-board';
import { Shortcut } from './sessions/shortcut';
import { ResponseHeaders } from './http/response-headers';

/** The built board stands beside the built services. */
const BOARD = join(__dirname, '..', '..', 'board');

/** What the server is before it listens: it only reads, and it serves the board and the API's documents. */
export async function prepare(app: NestFastifyApplication, board = BOARD): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  server.addHook('onRequest', corsHook(app.get(ResponseHeaders).cors));
  server.addHook('onRequest', refuseToWrite);
  app.get(Shortcut).install(server.server);
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

/** Only operators may POST, and only to ask for an act. */
async function refuseToWrite({ method, url }: FastifyRequest): Promise<void> {
  const isOfActs = url.split('?')[0] === ACTS_PATH;
  const allowed = ['GET', 'HEAD', ...(isOfActs ? ['POST'] : [])];
  if (allowed.includes(method)) return;
  const message = `${method} is not possible here: this service only reads${isOfActs ? ', and takes acts' : ''}`;
  throw new Refusal(405, 'method_not_allowed', message, [], { allow: allowed.join(', ') });
}

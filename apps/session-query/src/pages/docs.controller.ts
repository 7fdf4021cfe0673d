import { join } from 'node:path';
import { Controller, Get, Res } from '@nestjs/common';
import { asyncApiDocument, openApiDocument } from '#libs/contracts';
import { Refusal } from '#libs/service-host';
import type { FastifyReply } from 'fastify';
import { CACHING } from '../http/caching';

/** The built pages stand beside the built services. */
export const DOCS = join(__dirname, '..', '..', '..', 'docs');
/** The readers of documents style themselves, and load nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The API's documents, and the pages that show them. */
@Controller()
export class DocsController {
  private readonly openApi = JSON.stringify(openApiDocument());
  private readonly asyncApi = JSON.stringify(asyncApiDocument());

  @Get('openapi.json')
  openApiJson(@Res() reply: FastifyReply): Promise<void> {
    return document(reply, this.openApi);
  }

  @Get('asyncapi.json')
  asyncApiJson(@Res() reply: FastifyReply): Promise<void> {
    return document(reply, this.asyncApi);
  }

  @Get('docs')
  openApiPage(@Res() reply: FastifyReply): Promise<void> {
    return page(reply, 'openapi.html');
  }

  @Get('docs/async')
  asyncApiPage(@Res() reply: FastifyReply): Promise<void> {
    return page(reply, 'asyncapi.html');
  }
}

async function document(reply: FastifyReply, text: string): Promise<void> {
  await reply.headers(CACHING.documents).type('application/json').send(text);
}

async function page(reply: FastifyReply, file: string): Promise<void> {
  if (!('sendFile' in reply)) throw new Refusal(404, 'not_found', 'the pages have not been built');
  await reply.header('content-security-policy', POLICY).sendFile(file, DOCS);
}

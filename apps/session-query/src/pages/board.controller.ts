import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { Refusal } from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import { CACHING } from '../http/caching';
import { boardPolicy, gatewayFor } from './board-policy';

/** The page that shows the live list, and what it must know to do so. Its other files are served as they are. */
@Controller()
export class BoardController {
  constructor(@Inject(QUERY_CONFIG) private readonly config: QueryConfig) {}

  @Get()
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!('sendFile' in reply)) throw new Refusal(404, 'not_found', 'the board has not been built');
    await reply.header('content-security-policy', boardPolicy(this.gateway(request))).sendFile('index.html');
  }

  /** `now`: epoch ms here, so that times on air do not depend on the browser's clock. */
  @Get('board-config.json')
  async settings(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await reply.headers(CACHING.settings).send({ gateway_url: this.gateway(request), now: Date.now() });
  }

  private gateway(request: FastifyRequest): string {
    return gatewayFor(this.config.GATEWAY_URL, request.headers.host);
  }
}

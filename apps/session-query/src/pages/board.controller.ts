import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { Refusal } from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import { CACHING } from '../http/caching';
import { addressFor, boardPolicy } from './board-policy';

const GATEWAY_PORT = 3001;
const EVENTS_PORT = 3002;

/** The board's page at each of its paths, and what it must know to begin. Its files are `serveBoard`'s. */
@Controller()
export class BoardController {
  constructor(@Inject(QUERY_CONFIG) private readonly config: QueryConfig) {}

  /** Which of its pages is shown, the browser decides by the path. */
  @Get(['', 'schedule', 's/:id', 'how', 'ops'])
  page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.send('index.html', request, reply);
  }

  /** An example of a page that embeds live lists. */
  @Get('embed')
  example(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.send('embed.html', request, reply);
  }

  /** `now`: epoch ms here, so that times on air do not depend on the browser's clock. */
  @Get('board-config.json')
  async settings(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { gateway, events } = this.addresses(request);
    const settings = { gateway_url: gateway, events_url: events, now: Date.now() };
    await reply.headers(CACHING.settings).send(settings);
  }

  /** A person who typed an address is told by the board that there is no such page; everybody else as by the rest of the API. */
  @Get('*')
  async nothing(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!isPerson(request)) throw new Refusal(404, 'not_found', `there is no ${request.url}`);
    await this.send('index.html', request, reply.status(404));
  }

  private async send(file: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!('sendFile' in reply)) throw new Refusal(404, 'not_found', 'the board has not been built');
    await reply.header('content-security-policy', boardPolicy(this.addresses(request))).sendFile(file);
  }

  private addresses({ headers: { host } }: FastifyRequest): { gateway: string; events: string } {
    return {
      gateway: addressFor(this.config.GATEWAY_URL, host, GATEWAY_PORT),
      events: addressFor(this.config.EVENTS_URL, host, EVENTS_PORT),
    };
  }
}

/** Browsers ask for pages like that, and for nothing else. */
function isPerson({ headers }: FastifyRequest): boolean {
  return headers.accept?.includes('text/html') === true;
}

import { Controller, Get, Req, Res } from '@nestjs/common';
import type { EventPlaceAnswer } from '#libs/contracts';
import { Gate } from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { enter } from '../http/enter';
import { ResponseBody } from '../http/response-body';
import { ResponseSender } from '../http/response.sender';
import { stalenessOf } from '../http/staleness-of';
import { QueryFeed } from '../live/query.feed';
import { EventPlaces } from './event-places.reader';
import { readPlaceRequest } from './read-place-request';
import { sourcesOf } from './sources-of';

@Controller('events')
export class EventsController {
  constructor(
    private readonly gate: Gate,
    private readonly places: EventPlaces,
    private readonly live: QueryFeed,
    private readonly sender: ResponseSender,
  ) {}

  /** Who asks, what place, what became of it, and how much of that is theirs to know. */
  @Get(':topic/:partition/:offset')
  async place(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const exchange = await enter(this.gate, request, reply);
    const sources = sourcesOf(exchange.caller);
    const place = readPlaceRequest(request.url, request.params);

    const { mark, position, freshness } = this.live;
    const { isStale: stale, freshAt } = freshness;
    const now = Date.now();
    const data = await this.places.stateOf(place, sources);

    const answer: EventPlaceAnswer = {
      success: true,
      data: { ...place, ...data },
      timestamp: Math.floor(now / 1000),
      ...stalenessOf({ stale, freshAt }),
    };
    const body = new ResponseBody(Buffer.from(JSON.stringify(answer)), { position, madeAt: now, mark, stale });
    // To look whether anything has changed costs nothing, for those who may look are known.
    body.isPaid = true;
    await this.sender.send(body, exchange);
  }
}

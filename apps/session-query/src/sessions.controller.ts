import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import {
  type LiveListQuery,
  type SessionAnswer,
  type SessionListAnswer,
  listQuery,
  liveListQuery,
  sessionParams,
} from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import type { Audience } from '#libs/session';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { audienceBy } from './caller';
import { QUERY_CONFIG, type QueryConfig } from './config';
import { type Circumstances, listAnswer, sessionAnswer } from './list-answer';
import { livePage } from './live-page';
import { LiveSessions } from './live-sessions.reader';
import { readParameters } from './parameters';
import { RecordStore } from './record.store';

const noParameters = z.strictObject({});

@Controller('sessions')
export class SessionsController {
  private readonly audienceOf: (sent: string | undefined) => Audience;

  constructor(
    @Inject(QUERY_CONFIG) config: QueryConfig,
    private readonly record: RecordStore,
    private readonly live: LiveSessions,
  ) {
    this.audienceOf = audienceBy(config.API_KEY);
  }

  @Get()
  async list(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionListAnswer> {
    const circumstances = this.begin(request);
    const query = parseOrRefuse(listQuery, readParameters(request.url));
    refusePrivateFilter(query, circumstances.audience);
    const page = await this.record.list(query, circumstances.now);
    tellHeaders(reply, circumstances);
    return listAnswer(page, query, circumstances);
  }

  @Get('live')
  liveList(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): SessionListAnswer {
    const circumstances = this.begin(request);
    const query = parseOrRefuse(liveListQuery, readParameters(request.url));
    const { audience, now } = circumstances;
    refusePrivateFilter(query, audience);
    const page = livePage(this.live.open(), query, audience, now);
    tellHeaders(reply, circumstances);
    return listAnswer(page, query, circumstances);
  }

  @Get(':id')
  async one(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<SessionAnswer> {
    const circumstances = this.begin(request);
    parseOrRefuse(noParameters, readParameters(request.url));
    const { id } = parseOrRefuse(sessionParams, request.params);
    const found = await this.record.get(id);
    if (!found) throw new Refusal(404, 'not_found', `there is no session ${id}`);
    tellHeaders(reply, circumstances);
    return sessionAnswer(found, circumstances);
  }

  /** What holds for the whole answer; taken before anything is read. */
  private begin(request: FastifyRequest): Circumstances {
    const sent = request.headers['x-api-key'];
    const audience = this.audienceOf(Array.isArray(sent) ? sent.join() : sent);
    return { audience, now: Date.now(), position: this.live.position, stale: this.live.isStale };
  }
}

function tellHeaders(reply: FastifyReply, { audience, position }: Circumstances): void {
  reply.header('vary', 'X-API-Key');
  reply.header(
    'cache-control',
    audience.privateFields ? 'private, no-store' : 'public, max-age=1, stale-while-revalidate=5',
  );
  if (position) reply.header('x-live-position', `${position.epoch}.${position.seq}`);
}

/** Which organization a session belongs to is private: asking for it would tell. */
function refusePrivateFilter(query: Pick<LiveListQuery, 'organization_id'>, audience: Audience): void {
  if (!query.organization_id || audience.privateFields) return;
  throw new Refusal(403, 'forbidden', 'organization_id: needs an API key', [
    { parameter: 'organization_id', message: 'needs an API key' },
  ]);
}

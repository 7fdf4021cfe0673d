import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { type SessionAnswer, type SessionListAnswer, listQuery, liveListQuery, sessionParams } from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import type { Audience } from '#libs/session';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { audienceBy } from './caller';
import { QUERY_CONFIG, type QueryConfig } from './config';
import { type Circumstances, listAnswer, sessionAnswer } from './list-answer';
import { type ListQuestion, readListQuestion } from './list-question';
import { LiveSessions } from './live-sessions.reader';
import { LiveSource } from './live-source';
import { readParameters } from './parameters';
import { RecordSource } from './record-source';
import { RecordStore } from './record.store';
import { Freezes } from './walk/freezes';
import { type ListSource, firstPage, pageAt } from './walk/walk';

const noParameters = z.strictObject({});
const WALKS = { bytes: 64 * 1024 * 1024, idleMs: 300_000 };

@Controller('sessions')
export class SessionsController {
  private readonly audienceOf: (sent: string | undefined) => Audience;
  private readonly freezes = new Freezes(WALKS);

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
    const { audience, now } = circumstances;
    const question = readListQuestion('sessions', listQuery, request.url, audience);
    return this.answer(new RecordSource(this.record, question.query, audience, now), question, circumstances, reply);
  }

  @Get('live')
  async liveList(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionListAnswer> {
    const circumstances = this.begin(request);
    const { audience, now } = circumstances;
    const question = readListQuestion('live', liveListQuery, request.url, audience);
    return this.answer(new LiveSource(this.live.open(), question.query, audience, now), question, circumstances, reply);
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

  private async answer(
    source: ListSource,
    { name, cursor }: ListQuestion,
    circumstances: Circumstances,
    reply: FastifyReply,
  ): Promise<SessionListAnswer> {
    const page = cursor ? await pageAt(source, cursor, this.freezes, circumstances.now) : await firstPage(source, name);
    tellHeaders(reply, circumstances);
    return listAnswer(page, source.query.limit, circumstances);
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

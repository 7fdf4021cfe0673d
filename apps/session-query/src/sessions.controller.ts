import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Audience } from '#libs/session';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers } from './answers/answers';
import type { Asked } from './answers/asked';
import { bodyHeaders, headersOf } from './answers/headers';
import { HotRequests } from './answers/hot-requests';
import { audienceBy } from './caller';
import { QUERY_CONFIG, type QueryConfig } from './config';
import { Questions } from './questions';

@Controller()
export class SessionsController {
  private readonly audienceOf: (sent: string | undefined) => Audience;

  constructor(
    @Inject(QUERY_CONFIG) config: QueryConfig,
    private readonly questions: Questions,
    private readonly answers: Answers,
    private readonly hot: HotRequests,
  ) {
    this.audienceOf = audienceBy(config.API_KEY);
  }

  @Get('sessions')
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.give(request, reply, (audience) => this.questions.list(request.url, audience));
  }

  @Get('sessions/live')
  liveList(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.give(request, reply, (audience) => this.questions.liveList(request.url, audience));
  }

  @Get('sessions/stats')
  stats(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.give(request, reply, (audience) => this.questions.stats(request.url, audience));
  }

  @Get('sessions/:id')
  one(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.give(request, reply, (audience) => this.questions.one(request.url, request.params, audience));
  }

  @Get('rooms/:id/sessions')
  room(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.give(request, reply, (audience) => this.questions.room(request.url, request.params, audience));
  }

  private async give(request: FastifyRequest, reply: FastifyReply, ask: (audience: Audience) => Asked): Promise<void> {
    const { headers } = request;
    const sent = headers['x-api-key'];
    const asked = ask(this.audienceOf(Array.isArray(sent) ? sent.join() : sent));
    const answer = await this.answers.give(asked);
    this.hot.learn(request.raw, asked);
    const held = answer.heldBy(headers['if-none-match'], Date.now());
    void reply.headers(headersOf(answer, held));
    if (held !== undefined) return void (await reply.status(304).send());
    const encoding = answer.encodingFor(headers['accept-encoding']);
    const body = await answer.bytes(encoding);
    await reply.headers(bodyHeaders(body, encoding)).send(body);
  }
}

import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Audience } from '#libs/session';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answers } from './answers/answers';
import type { Asked } from './answers/asked';
import { AnswerHeaders, bodyHeaders } from './answers/headers';
import { HotRequests } from './answers/hot-requests';
import { audienceOf } from './audience-of';
import { Gate } from './gate.service';
import { Questions } from './questions';

@Controller()
export class SessionsController {
  constructor(
    private readonly gate: Gate,
    private readonly questions: Questions,
    private readonly answers: Answers,
    private readonly headers: AnswerHeaders,
    private readonly hot: HotRequests,
  ) {}

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
    const caller = await this.gate.enter(request, reply);
    const asked = ask(audienceOf(caller));
    const answer = await this.answers.give(asked);
    this.hot.learn(request.raw, asked);
    const held = answer.heldBy(headers['if-none-match'], Date.now());
    void reply.headers(this.headers.of(answer, headers.origin, held));
    if (held !== undefined) {
      this.gate.giveBack(caller, request.raw);
      await reply.status(304).send();
      return;
    }
    const encoding = answer.encodingFor(headers['accept-encoding']);
    const body = await answer.bytes(encoding);
    await reply.headers(bodyHeaders(body, encoding)).send(body);
  }
}

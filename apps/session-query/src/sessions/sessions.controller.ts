import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Answering } from '../http/answering';
import { HistoryQuestions } from './history-questions';
import { Questions } from './session-questions';

@Controller()
export class SessionsController {
  constructor(
    private readonly answering: Answering,
    private readonly questions: Questions,
    private readonly history: HistoryQuestions,
  ) {}

  @Get('sessions')
  list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answering.give(request, reply, (audience, asker) => this.questions.list(request.url, audience, asker));
  }

  @Get('sessions/live')
  liveList(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answering.give(request, reply, (audience, asker) =>
      this.questions.liveList(request.url, audience, asker),
    );
  }

  @Get('sessions/stats')
  stats(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answering.give(request, reply, (audience) => this.questions.stats(request.url, audience));
  }

  @Get('sessions/:id')
  one(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { url, params } = request;
    return this.answering.give(request, reply, (audience) => this.questions.one(url, params, audience));
  }

  @Get('sessions/:id/viewers')
  viewers(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { url, params } = request;
    return this.answering.give(request, reply, (audience) => this.history.viewers(url, params, audience));
  }

  @Get('sessions/:id/events')
  events(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { url, params } = request;
    return this.answering.give(request, reply, (audience) => this.history.events(url, params, audience), 'events:read');
  }

  @Get('rooms/:id/sessions')
  room(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { url, params } = request;
    return this.answering.give(request, reply, (audience, asker) => this.questions.room(url, params, audience, asker));
  }
}

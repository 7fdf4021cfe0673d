import { Controller, Get, Req, Res } from '@nestjs/common';
import { Gate, withScope } from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { audienceOf } from '../access/audience-of';
import { enter } from '../http/enter';
import type { Exchange } from '../http/exchange';
import { readAllSessions, readLiveSessions, readRoomSessions } from './read-list-request';
import { readEvents, readOneSession, readStats, readViewers } from './read-session-request';
import { SessionReplies } from './session-replies';

/** Each route in three steps: who asks, what is asked, the reply. */
@Controller()
export class SessionsController {
  constructor(
    private readonly gate: Gate,
    private readonly replies: SessionReplies,
  ) {}

  @Get('sessions')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const exchange = await enter(this.gate, request, reply);
    const [audience, asker] = [audienceOf(exchange.caller), this.askerOf(exchange)];
    await this.replies.reply(readAllSessions(request.url, audience, asker), exchange);
  }

  @Get('sessions/live')
  async liveList(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const exchange = await enter(this.gate, request, reply);
    const [audience, asker] = [audienceOf(exchange.caller), this.askerOf(exchange)];
    await this.replies.reply(readLiveSessions(request.url, audience, asker), exchange);
  }

  @Get('sessions/stats')
  async stats(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const exchange = await enter(this.gate, request, reply);
    await this.replies.reply(readStats(request.url, audienceOf(exchange.caller)), exchange);
  }

  @Get('sessions/:id')
  async one(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const exchange = await enter(this.gate, request, reply);
    await this.replies.reply(readOneSession(request.url, request.params, audienceOf(exchange.caller)), exchange);
  }

  @Get('sessions/:id/viewers')
  async viewers(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const exchange = await enter(this.gate, request, reply);
    await this.replies.reply(readViewers(request.url, request.params, audienceOf(exchange.caller)), exchange);
  }

  @Get('sessions/:id/events')
  async events(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const exchange = await enter(this.gate, request, reply);
    withScope('events:read', exchange.caller);
    await this.replies.reply(readEvents(request.url, request.params, audienceOf(exchange.caller)), exchange);
  }

  @Get('rooms/:id/sessions')
  async room(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const exchange = await enter(this.gate, request, reply);
    const [audience, asker] = [audienceOf(exchange.caller), this.askerOf(exchange)];
    await this.replies.reply(readRoomSessions(request.url, request.params, audience, asker), exchange);
  }

  private askerOf({ caller, request }: Exchange): string {
    return this.gate.nameOf(caller, request);
  }
}

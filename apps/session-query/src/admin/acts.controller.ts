import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { actsQuery, askedAct } from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import { Acts } from '#libs/session-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readNoParameters, readParameters } from '../http/read-parameters';
import { RecordStore } from '../record/record.store';
import { OperatorGate } from './operator-gate';
import { readRowId } from './read-admin-request';

/** What operators ask to be done. It is written down here, and carried out by session-lifecycle. */
@Controller('admin/acts')
export class ActsController {
  constructor(
    private readonly gate: OperatorGate,
    private readonly record: RecordStore,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.gate.answer(request, reply, () => {
      const { limit, before } = parseOrRefuse(actsQuery, readParameters(request.url, actsQuery));
      return this.record.ask(async (source) => {
        const acts = await new Acts(source).list(limit + 1, before);
        const page = acts.slice(0, limit);
        return { acts: page, next_before: acts.length > limit ? (page.at(-1)?.id ?? null) : null };
      });
    });
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() params: unknown): Promise<void> {
    await this.gate.answer(request, reply, () => {
      readNoParameters(request.url);
      const id = readRowId(params, 'act');
      return this.record.ask(async (source) => {
        const act = await new Acts(source).get(id);
        if (act) return act;
        throw new Refusal(404, 'not_found', `there is no act ${id}`);
      });
    });
  }

  @Post()
  @HttpCode(202)
  async ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: unknown): Promise<void> {
    const { caller } = await this.gate.enter('admin:act', request, reply);
    readNoParameters(request.url);
    const { what, why } = parseOrRefuse(askedAct, body ?? {}, 'invalid_body');
    // As it was sent: session-lifecycle reads it by the same schema.
    const { what: _what, why: _why, ...of } = body as Record<string, unknown>;
    const act = await this.record.ask((source) => new Acts(source).ask({ what, of, why, who: caller.id }));
    const answer = { success: true, data: act, timestamp: Math.floor(Date.now() / 1000) };
    await reply.status(202).header('cache-control', 'no-store').send(answer);
  }
}

import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OperatorFacts } from './operator-facts.reader';
import { OperatorGate } from './operator-gate';
import { readNoParameters } from './read-admin-request';

@Controller('admin/facts')
export class FactsController {
  constructor(
    private readonly gate: OperatorGate,
    private readonly facts: OperatorFacts,
  ) {}

  @Get()
  async all(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.gate.answer(request, reply, () => {
      readNoParameters(request.url);
      return this.facts.read();
    });
  }
}

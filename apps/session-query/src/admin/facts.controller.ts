import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { readNoParameters } from '../http/read-parameters';
import { OperatorFacts } from './operator-facts.reader';
import { OperatorGate } from './operator-gate';

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

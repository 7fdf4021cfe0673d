import { Injectable } from '@nestjs/common';
import type { Scope } from '#libs/contracts';
import { type Caller, Gate, withScope } from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { enter } from '../http/enter';
import type { Exchange } from '../http/exchange';
import { ResponseBody } from '../http/response-body';
import { ResponseSender } from '../http/response.sender';

/** The way of an operator's question: who asks, and the answer, which is nobody else's. */
@Injectable()
export class OperatorGate {
  constructor(
    private readonly gate: Gate,
    private readonly sender: ResponseSender,
  ) {}

  /** Answers what `ask` gives. Rejects with a Refusal: 401 for the public, 403 for who lacks the scope `admin:read`. */
  async answer(request: FastifyRequest, reply: FastifyReply, ask: () => Promise<object>): Promise<void> {
    const { exchange } = await this.enter('admin:read', request, reply);
    const answer = { success: true, data: await ask(), timestamp: Math.floor(Date.now() / 1000) };
    const making = { position: undefined, madeAt: Date.now(), mark: 0, stale: false, isForOperators: true };
    await this.sender.send(new ResponseBody(Buffer.from(JSON.stringify(answer)), making), exchange);
  }

  async enter(
    scope: Scope,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<{ exchange: Exchange; caller: Caller }> {
    const exchange = await enter(this.gate, request, reply);
    return { exchange, caller: withScope(scope, exchange.caller) };
  }
}

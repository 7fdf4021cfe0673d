import { Injectable } from '@nestjs/common';
import type { Scope } from '#libs/contracts';
import { Gate, withScope } from '#libs/service-host';
import type { Audience } from '#libs/session';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { audienceOf } from '../access/audience-of';
import { Answers } from './answers';
import type { Asked } from './asked';
import { AnswerHeaders, bodyHeaders } from './answer-headers';
import { HotRequests } from './hot-requests';

/** The way of a request through the framework: who asks, what is asked, the answer as bytes. */
@Injectable()
export class Answering {
  constructor(
    private readonly gate: Gate,
    private readonly answers: Answers,
    private readonly headers: AnswerHeaders,
    private readonly hot: HotRequests,
  ) {}

  /** Answers what `ask` understands; `asker` is a name of who asks, for what is counted. `needs`: the scope without which nobody may ask. */
  async give(
    request: FastifyRequest,
    reply: FastifyReply,
    ask: (audience: Audience, asker: string) => Asked,
    needs?: Scope,
  ): Promise<void> {
    const { headers } = request;
    const caller = await this.gate.enter(request, reply);
    if (needs) withScope(needs, caller);
    const asked = ask(audienceOf(caller), this.gate.nameOf(caller, request.raw));
    const answer = await this.answers.give(asked, reply.raw);
    if (!needs) this.hot.learn(request.raw, asked);
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

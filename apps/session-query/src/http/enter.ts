import type { Gate } from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Exchange } from './exchange';

/** Who asks, for a request that came through the framework. Throws a Refusal as the gate does. */
export async function enter(gate: Gate, request: FastifyRequest, reply: FastifyReply): Promise<Exchange> {
  const { caller, limits } = await gate.enter(request, reply);
  return { request: request.raw, response: reply.raw, caller, limits, reply };
}

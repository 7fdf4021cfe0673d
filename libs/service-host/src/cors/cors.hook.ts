import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Cors } from './cors';

/**
 * For `onRequest`: says what pages of the request's origin may do, on answers and refusals alike, and answers the
 * browser that only asks that (a preflight).
 */
export function corsHook(cors: Cors) {
  return async ({ method, headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { origin } = headers;
    const isPreflight = method === 'OPTIONS' && origin !== undefined;
    const asked = headers['access-control-request-headers'];
    void reply.headers(isPreflight ? cors.preflight(origin, asked) : cors.headersFor(origin));
    if (cors.vary.length > 0) void reply.header('vary', cors.vary.join(', '));
    if (isPreflight) await reply.status(204).send();
  };
}

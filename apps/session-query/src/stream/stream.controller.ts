import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { type Refusal as Refused, lastEventId, streamQuery } from '#libs/contracts';
import { type ListQuestion, listQuestion } from '#libs/live-list';
import { Gate, Refusal, callerAddress, networkOf, parseOrRefuse, wrongParameter } from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import { readParameters } from '../http/read-parameters';
import { LiveStreams } from './live-streams.service';

const OF_STREAMS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // A proxy that collects before it hands on would hold events back.
  'x-accel-buffering': 'no',
};

/** `GET /sessions/stream`: the views of the socket as server-sent events. The first one is a snapshot. */
@Controller('sessions/stream')
export class StreamController {
  constructor(
    private readonly gate: Gate,
    private readonly streams: LiveStreams,
    @Inject(QUERY_CONFIG) private readonly config: QueryConfig,
  ) {}

  @Get()
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.gate.enter(request, reply);
    const question = readQuestion(request.url);
    const { 'last-event-id': at } = parseOrRefuse(lastEventId, {
      'last-event-id': request.headers['last-event-id'],
    });
    if (this.streams.isFull) throw new Refusal(503, 'unavailable', 'this service has as many readers as it may have');
    if (request.method === 'HEAD') return void (await reply.headers(OF_STREAMS).send());
    await this.begin(reply, networkOf(callerAddress(request.raw, this.config.TRUSTED_PROXIES)), question, at);
  }

  /** Resolves once the stream has begun: from there on the framework has no part in it. */
  private begin(
    reply: FastifyReply,
    address: string,
    question: ListQuestion,
    at: { epoch: number; seq: number } | undefined,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      this.streams.follow(reply.raw, address, question, at, (answer) => {
        if (!answer.ok) return reject(refusalOf(answer));
        reply.hijack();
        reply.raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...OF_STREAMS });
        resolve();
      });
    });
  }
}

function readQuestion(target: string): ListQuestion {
  const question = listQuestion(parseOrRefuse(streamQuery, readParameters(target, streamQuery)));
  if (question) return question;
  throw wrongParameter('status', 'must be live or scheduled: the past is not live, GET /sessions has it');
}

function refusalOf({ code, error }: Refused): Refusal {
  return code === 'too_many_views' || code === 'rate_limited' || code === 'behind' || code === 'unavailable'
    ? new Refusal(503, 'unavailable', error)
    : new Refusal(500, 'internal', error);
}

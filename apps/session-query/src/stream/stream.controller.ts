import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import {
  type Position,
  type RefusalCode,
  type SocketRefusal,
  type StreamQuery,
  readEventId,
  streamQuery,
} from '#libs/contracts';
import { type ListQuestion, RETRY_AFTER_MS, listQuestion } from '#libs/live-list';
import {
  Gate,
  Refusal,
  callerAddress,
  networkOf,
  parseOrRefuse,
  passesByItself,
  wrongParameter,
} from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import { CACHING } from '../http/caching';
import { readParameters } from '../http/read-parameters';
import { byeText } from '../live/bye';
import { LiveStreams } from './live-streams.service';

const OF_STREAMS = {
  ...CACHING.stream,
  'content-type': 'text/event-stream; charset=utf-8',
  // A proxy that collects before it hands on would hold events back.
  'x-accel-buffering': 'no',
};
/** Of the reasons why a view is not given, those that pass by themselves. */
const PASSING = new Set<RefusalCode>(['too_many_views', 'rate_limited', 'behind', 'unavailable']);

/** What a reader asks for. */
interface StreamRequest {
  question: ListQuestion;
  address: string;
  /** Where it was; undefined: nowhere. */
  at: Position | undefined;
}

/**
 * `GET /sessions/stream`: the views of the socket as server-sent events. The first one is a snapshot. Only what the reader
 * has to change is refused by a status; what passes by itself ends the stream with a `bye`.
 */
@Controller('sessions/stream')
export class StreamController {
  constructor(
    private readonly gate: Gate,
    private readonly streams: LiveStreams,
    @Inject(QUERY_CONFIG) private readonly config: QueryConfig,
  ) {}

  @Get()
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    try {
      await this.gate.enter(request, reply);
      const asked = this.read(request);
      if (request.method === 'HEAD') return void (await reply.headers(OF_STREAMS).send());
      await this.begin(asked, reply);
    } catch (error) {
      if (request.method === 'HEAD' || !passes(error)) throw error;
      beginStream(reply).end(byeText(error.code, retryAfterMs(error)));
    }
  }

  private read(request: FastifyRequest): StreamRequest {
    const query = parseOrRefuse(streamQuery, readParameters(request.url, streamQuery));
    const header = [request.headers['last-event-id']].flat()[0];
    return {
      question: questionOf(query),
      address: networkOf(callerAddress(request.raw, this.config.TRUSTED_PROXIES)),
      at: readEventId(header) ?? readEventId(query.lastEventId),
    };
  }

  /** Resolves once the stream has begun. Throws a Refusal. */
  private async begin(asked: StreamRequest, reply: FastifyReply): Promise<void> {
    if (this.streams.isFull) throw new Refusal(503, 'unavailable', 'this service has as many readers as it may have');
    const answer = await this.follow(asked, reply);
    if (answer === 'following') return;
    // It was further than this process is, or will be within seconds: it goes on from here.
    const again = answer.code === 'behind' ? await this.follow({ ...asked, at: undefined }, reply) : answer;
    if (again !== 'following') throw refusalOf(again);
  }

  private follow({ question, address, at }: StreamRequest, reply: FastifyReply): Promise<'following' | SocketRefusal> {
    return new Promise((resolve) => {
      this.streams.follow(reply.raw, address, question, at, (answer) => {
        // The head goes before the first event.
        if (answer.ok) beginStream(reply);
        resolve(answer.ok ? 'following' : answer);
      });
    });
  }
}

/** Begins the stream; from here on the framework has no part in it. */
function beginStream(reply: FastifyReply): FastifyReply['raw'] {
  reply.hijack();
  return reply.raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...OF_STREAMS });
}

function questionOf(query: StreamQuery): ListQuestion {
  const question = listQuestion(query);
  if (question) return question;
  throw wrongParameter('status', 'must be live or scheduled: the past is not live, GET /sessions has it');
}

function refusalOf({ code, error, retry_after_ms: afterMs = RETRY_AFTER_MS }: SocketRefusal): Refusal {
  if (!PASSING.has(code)) return new Refusal(500, 'internal', error);
  return new Refusal(503, 'unavailable', error, [], { 'retry-after': String(Math.ceil(afterMs / 1000)) });
}

function passes(error: unknown): error is Refusal {
  return error instanceof Refusal && passesByItself(error.getStatus());
}

function retryAfterMs({ headers }: Refusal): number {
  return Number(headers['retry-after'] ?? 0) * 1000 || RETRY_AFTER_MS;
}

import { METHODS } from 'node:http';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { MAX_SENT_BYTES, type SentEventsAnswer } from '#libs/contracts';
import { type Caller, Cors, Refusal, corsHook, withScope } from '#libs/service-host';
import type { FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { LIFECYCLE_CONFIG, type LifecycleConfig, horizonMsOf } from '../config';
import { DoorFaults } from './door-faults';
import { DoorGate } from './door.gate';
import { Door } from './door.service';
import { type SendableEvent, judgeEvents, placed } from './judge-events';
import { type Mode, envelopesOf, invalid, modeOf } from './read-request';

/** All that Node reads, but for CONNECT, which asks for no path. */
const OTHER_METHODS = METHODS.filter((method) => method !== 'POST' && method !== 'CONNECT') as HTTPMethods[];

/** What pages on other origins may do here: send events. */
const OF_PAGES = { methods: 'POST', requestHeaders: [], requestHeaderPrefix: 'ce-', exposed: [] };

interface Entered {
  caller: Caller;
  mode: Mode;
}

/**
 * `POST /events`. In a scope of the server of its own: its bodies are bytes, and who may not send is refused before
 * they are read.
 */
@Injectable()
export class DoorRoutes implements OnApplicationBootstrap {
  private readonly entered = new WeakMap<FastifyRequest, Entered>();

  constructor(
    private readonly gate: DoorGate,
    private readonly faults: DoorFaults,
    private readonly door: Door,
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(LIFECYCLE_CONFIG) private readonly config: LifecycleConfig,
  ) {}

  /** Not earlier: a scope has the filter of refusals that its server has when it is made. */
  async onApplicationBootstrap(): Promise<void> {
    await this.host.httpAdapter.getInstance().register(async (scope) => {
      scope.addHook('onRequest', corsHook(new Cors({ ...OF_PAGES, origins: this.config.ALLOWED_ORIGINS })));
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      scope.route({
        method: 'POST',
        url: '/events',
        bodyLimit: MAX_SENT_BYTES,
        onRequest: (request, reply) => this.enter(request, reply),
        handler: (request, reply) => this.send(request, reply),
        // What it throws goes to the filter of refusals.
        errorHandler: (error) => {
          throw error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? tooLarge() : error;
        },
      });
      for (const method of OTHER_METHODS) {
        if (!scope.supportedMethods.includes(method)) scope.addHttpMethod(method);
      }
      scope.route({ method: OTHER_METHODS, url: '/events', onRequest: refuseMethod, handler: refuseMethod });
    });
  }

  private async enter(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const entered = await this.gate.enter(request, reply);
    const caller = withScope('events:write', entered.caller);
    this.faults.admit(caller);
    const mode = modeOf(request.raw.headersDistinct);
    if (Number(request.headers['content-length'] ?? 0) > MAX_SENT_BYTES) throw tooLarge();
    this.entered.set(request, { caller, mode });
  }

  private async send(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const entered = this.entered.get(request);
    if (!entered) throw new Error('a request came past the gate');
    const { caller } = entered;
    const events = this.judge(request, entered);
    this.faults.sent(caller, events);
    const accepted = await this.door.send(events);
    const answer: SentEventsAnswer = { success: true, data: { accepted }, timestamp: Math.floor(Date.now() / 1000) };
    await reply.status(202).send(answer);
  }

  /** The events of a request. Throws a Refusal, which counts against the caller. */
  private judge(request: FastifyRequest, { caller, mode }: Entered): SendableEvent[] {
    try {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const envelopes = envelopesOf(mode, request.raw.headersDistinct, body);
      const by = { now: Date.now(), horizonMs: horizonMsOf(this.config) };
      const { events, problems } = judgeEvents(envelopes, mode === 'batch', by);
      if (problems.length > 0) throw invalid(problems);
      refuseForeign(events, caller, mode === 'batch');
      return events;
    } catch (error) {
      this.faults.refused(caller);
      throw error;
    }
  }
}

function refuseForeign(events: readonly SendableEvent[], { sources }: Caller, isBatch: boolean): void {
  if (sources === null) return;
  const message = sources.length > 0 ? `must be one of ${sources.join(', ')}` : 'this key or token may send as nobody';
  const details = events.flatMap(({ source }, index) =>
    sources.includes(source) ? [] : [placed({ path: 'source', message }, isBatch ? index : null)],
  );
  if (details.length > 0) throw new Refusal(403, 'forbidden', 'events of this source may not be sent', details);
}

function tooLarge(): Refusal {
  const message = `must have at most ${MAX_SENT_BYTES} bytes`;
  return new Refusal(413, 'payload_too_large', `the body ${message}`, [{ parameter: '(whole)', message }]);
}

async function refuseMethod({ method }: FastifyRequest): Promise<void> {
  const message = `${method} is not possible here: events are sent by POST`;
  throw new Refusal(405, 'method_not_allowed', message, [], { allow: 'POST' });
}

import type { IncomingMessage } from 'node:http';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Scope, scope } from '#libs/contracts';
import {
  type Allowance,
  type Caller,
  Callers,
  RateLimits,
  Refusal,
  bearerVerifier,
  callerAddress,
  isKey,
  limitHeaders,
} from '#libs/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QUERY_CONFIG, type QueryConfig } from './config';
import { RecordStore } from './record.store';

const CONFIGURED: Caller = {
  id: 'configured',
  scopes: new Set<Scope>(scope.options.filter((name) => name !== 'events:write')),
  sources: [],
  until: null,
};

/** Who comes in: known by key or token, and within the limits. */
@Injectable()
export class Gate implements OnModuleDestroy {
  private readonly callers: Callers;
  private readonly limits: RateLimits;

  constructor(
    @Inject(QUERY_CONFIG) private readonly config: QueryConfig,
    record: RecordStore,
  ) {
    const isConfigured = isKey(config.API_KEY);
    this.callers = new Callers({
      findKey: async (key) => (isConfigured(key) ? CONFIGURED : record.findCaller(key)),
      verifyToken: bearerVerifier({ secret: config.JWT_SECRET, jwksUrl: config.JWKS_URL }),
    });
    this.limits = new RateLimits({
      redisUrl: config.REDIS_URL,
      tag: config.REDIS_HASH_TAG,
      perAddress: config.REQUESTS_PER_MINUTE,
      perCaller: config.REQUESTS_PER_MINUTE_KNOWN,
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.limits.close();
  }

  /** Gives the caller (null: the public). Throws a Refusal: 401, 429 or 503; says in the headers what is left. */
  async enter(request: FastifyRequest, reply: FastifyReply): Promise<Caller | null> {
    const now = Date.now();
    // Who guesses keys is the public.
    const caller = await this.callers.of(request.headers, now).catch((error: unknown) => {
      this.pass(this.take(null, request.raw, now), reply);
      throw error;
    });
    this.pass(this.take(caller, request.raw, now), reply);
    return caller;
  }

  /** Counts a request; null where there is no limit. */
  take(caller: Caller | null, request: IncomingMessage, now: number): Allowance | null {
    return this.limits.take(caller?.id ?? null, this.addressOf(request), now);
  }

  /** A request whose answer was that nothing has changed costs nothing. */
  giveBack(caller: Caller | null, request: IncomingMessage): void {
    this.limits.giveBack(caller?.id ?? null, this.addressOf(request));
  }

  private addressOf(request: IncomingMessage): string {
    return callerAddress(request, this.config.TRUSTED_PROXIES);
  }

  private pass(allowance: Allowance | null, reply: FastifyReply): void {
    if (!allowance) return;
    void reply.headers(limitHeaders(allowance));
    if (allowance.isAllowed) return;
    void reply.header('retry-after', String(allowance.resetSeconds));
    throw new Refusal(429, 'rate_limited', `more than ${allowance.limit} requests a minute; come again later`);
  }
}

import type { IncomingMessage } from 'node:http';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Scope } from '#libs/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../callers/caller';
import { callerAddress } from '../callers/caller-address';
import type { Callers } from '../callers/callers';
import { type Credential, readCredential } from '../callers/credential';
import { limitLines } from '../limits/limit-headers';
import { type RateLimits, nameOf } from '../limits/rate-limits';
import type { Allowance } from '../limits/window';
import { Refusal } from '../refusal';

export interface GateOptions {
  callers: Callers;
  /** Closed with the gate. */
  limits: RateLimits;
  /** How many proxies write `X-Forwarded-For`. */
  trustedProxies: number;
}

/** Who asks, and the `RateLimit-*` headers of the answer, names and values in turn. */
export interface Entered {
  /** null: the public. */
  caller: Caller | null;
  limits: readonly string[];
}

/** Who comes in: known by key or token, and within the limits. */
@Injectable()
export class Gate implements OnModuleDestroy {
  constructor(private readonly options: GateOptions) {}

  async onModuleDestroy(): Promise<void> {
    await this.options.limits.close();
  }

  /**
   * Throws a Refusal: 401, 429 or 503. The reply says in its headers what is left, also when it is a refusal. Nothing is
   * looked up for an address that has used up what it may.
   */
  async enter(request: FastifyRequest, reply: FastifyReply): Promise<Entered> {
    const now = Date.now();
    const credential = this.read(request, reply, now);
    const caller = credential && (await this.callerOf(credential, request.raw, reply, now));
    const limits = pass(this.take(caller, request.raw, now), reply);
    return { caller, limits };
  }

  /** Counts a request; null where there is no limit. */
  take(caller: Caller | null, request: IncomingMessage, now: number): Allowance | null {
    return this.options.limits.take(caller?.id ?? null, this.addressOf(request), now);
  }

  /** The name under which whatever a caller costs is counted: of a known caller, or of the address's network. */
  nameOf(caller: Caller | null, request: IncomingMessage): string {
    return nameOf(caller?.id ?? null, this.addressOf(request));
  }

  /** A request whose answer was that nothing has changed costs nothing. */
  giveBack(caller: Caller | null, request: IncomingMessage): void {
    this.options.limits.giveBack(caller?.id ?? null, this.addressOf(request));
  }

  /** What is no credential at all is counted as the public's. */
  private read(request: FastifyRequest, reply: FastifyReply, now: number): Credential | null {
    try {
      return readCredential(request.headers);
    } catch (error) {
      pass(this.take(null, request.raw, now), reply);
      throw error;
    }
  }

  /** The address pays for a look at a credential that is not known here; it is given back when the credential is good. */
  private async callerOf(credential: Credential, request: IncomingMessage, reply: FastifyReply, now: number) {
    const { callers, limits } = this.options;
    if (callers.isKnown(credential, now)) return callers.of(credential, now);
    const { allowance, giveBack } = limits.takeUnproven(this.addressOf(request), now);
    pass(allowance, reply);
    const caller = await callers.of(credential, now);
    giveBack();
    return caller;
  }

  private addressOf(request: IncomingMessage): string {
    return callerAddress(request, this.options.trustedProxies);
  }
}

/** The caller, who has the scope. Throws a Refusal: 401 for the public, 403 for who lacks it. */
export function withScope(scope: Scope, caller: Caller | null): Caller {
  if (caller?.scopes.has(scope)) return caller;
  const needed = `needs a key or token with the scope ${scope}`;
  throw caller ? new Refusal(403, 'forbidden', needed) : new Refusal(401, 'unauthorized', needed);
}

function pass(allowance: Allowance | null, reply: FastifyReply): readonly string[] {
  if (!allowance) return [];
  const limits = limitLines(allowance);
  for (let at = 0; at < limits.length; at += 2) void reply.header(limits[at] ?? '', limits[at + 1]);
  if (allowance.isAllowed) return limits;
  const { limit, resetSeconds } = allowance;
  const message = `more than ${limit} requests a minute; come again later`;
  throw new Refusal(429, 'rate_limited', message, [], { 'retry-after': String(resetSeconds) });
}

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ProcessFacts } from '#libs/contracts';
import type Redis from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { type Periodic, every } from '../every';
import { type ProbeResult, Readiness } from '../readiness';
import { RedisMaster } from '../redis/redis-master';
import { buildVersion } from './build-version';
import { factsKeys } from './facts-keys';
import { fitted } from './fitted';
import { Vitals } from './vitals';

/** The facts that only services of one kind have. */
type OwnFacts = Pick<ProcessFacts, 'lifecycle' | 'query' | 'gateway'>;

export interface FactsOptions {
  service: 'session-lifecycle' | 'session-query' | 'session-gateway';
  redisUrl: string;
  /** The hash tag of the projection. */
  tag: string;
}

/** The token under which they are injected. */
export const FACTS_OPTIONS = Symbol('where this process says its facts');

const TELL_EVERY_MS = 2000;
/** Whoever has said nothing for so long is not shown any more. */
const KEPT_MS = 8000;
/** The index loses whoever said nothing for so long; the processes' clocks may differ by less. */
const INDEXED_MS = 60_000;
const ANSWER_LIMIT_MS = 1000;

/**
 * Says in Redis what this process knows of itself, every two seconds, under a key of its own that expires. Nobody waits for
 * it: while Redis is away or full nothing is said, and the log tells it once.
 */
@Injectable()
export class FactsTeller implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly instance = `${hostname().slice(0, 60)} ${process.pid} ${randomBytes(4).toString('hex')}`;
  private readonly startedAt = Date.now();
  private readonly version = buildVersion();
  private readonly vitals = new Vitals();
  private readonly keys;
  private readonly key: string;
  private look: () => Promise<Partial<OwnFacts>> = async () => ({});
  private connected: { master: RedisMaster; redis: Redis; periodic: Periodic } | undefined;

  constructor(
    @Inject(FACTS_OPTIONS) private readonly options: FactsOptions,
    private readonly readiness: Readiness,
    private readonly log: PinoLogger,
  ) {
    this.keys = factsKeys(options.tag);
    this.key = this.keys.of(options.service, this.instance);
  }

  /** What is to be said beside what every process says. */
  says(look: () => Promise<Partial<OwnFacts>>): void {
    this.look = look;
  }

  onApplicationBootstrap(): void {
    const master = new RedisMaster(this.options.redisUrl);
    const redis = master.connect('facts', {
      commandTimeout: ANSWER_LIMIT_MS,
      socketTimeout: ANSWER_LIMIT_MS,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
    });
    const periodic = every(TELL_EVERY_MS, 'saying the facts of this process', this.log, () => this.tell(redis));
    this.connected = { master, redis, periodic };
  }

  /** Whoever ends in order is gone at once. */
  async onApplicationShutdown(): Promise<void> {
    this.vitals.stop();
    if (!this.connected) return;
    const { master, redis, periodic } = this.connected;
    await periodic.stop();
    await redis
      .multi()
      .unlink(this.key)
      .zrem(this.keys.index, this.key)
      .exec()
      .catch(() => undefined);
    master.close();
  }

  private async tell(redis: Redis): Promise<void> {
    const text = fitted(await this.facts());
    const now = Date.now();
    const { index } = this.keys;
    const answers = await redis
      .multi()
      .set(this.key, text, 'PX', KEPT_MS)
      .zadd(index, now, this.key)
      .zremrangebyscore(index, '-inf', now - INDEXED_MS)
      .pexpire(index, INDEXED_MS)
      .exec();
    for (const [error] of answers ?? []) if (error) throw error;
  }

  private async facts(): Promise<ProcessFacts> {
    const { ready, checks } = await this.readiness.look();
    const own = await this.look();
    return {
      service: this.options.service,
      instance: this.instance,
      version: this.version,
      started_at: new Date(this.startedAt).toISOString(),
      at: new Date().toISOString(),
      uptime_seconds: Math.round((Date.now() - this.startedAt) / 1000),
      ...this.vitals.look(),
      ready,
      checks: checks.map(shownCheck),
      lifecycle: own.lifecycle ?? null,
      query: own.query ?? null,
      gateway: own.gateway ?? null,
      is_cut: false,
    };
  }
}

function shownCheck({ name, ok, error, degraded }: ProbeResult): ProcessFacts['checks'][number] {
  return { name, ok, degraded: typeof degraded === 'string' ? degraded : null, error: error ?? null };
}

import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type BinaryReply, Metrics, RedisMaster, RedisScript, Refusal } from '#libs/service-host';
import type { FrozenLists } from '#libs/session-store';
import type Redis from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { Counter, Gauge } from 'prom-client';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import type { FrozenOrders, ReadPart, Wanted } from './frozen-orders';
import { BEGIN_ORDER, READ_ORDER } from './order-scripts';
import { packIds, packOrder, readHead, unpackIds } from './packed-order';

/** How long an order stays after it was read last. */
const STAYS_MS = 300_000;
/** What an order counts as at least, so that neither many short ones nor their keys fill Redis. */
const LEAST_CHARGE = 32 * 1024;
/** What Redis needs beside the order: its key, and entries of a set and a hash. */
const OVERHEAD_BYTES = 512;
const ANSWER_LIMIT_MS = 2000;
const MIB = 1024 * 1024;
const IN = '1'.charCodeAt(0);

const READ = new RedisScript(READ_ORDER);
const BEGIN = new RedisScript(BEGIN_ORDER);

/**
 * Frozen orders, in Redis: walks go over any number of processes, and their restarts. Each lapses five minutes after it
 * was read last. What is kept is charged to who began the walk, and bounded for each and for all: Redis evicts nothing.
 */
@Injectable()
export class FrozenOrdersStore implements FrozenOrders, OnModuleDestroy {
  private readonly prefix: string;
  private readonly master: RedisMaster;
  private readonly redis: Redis;
  private readonly most: { owner: number; all: number };
  /** Orders that are being made here, by name. */
  private readonly making = new Map<string, Promise<string>>();
  private readonly walks: Counter<'did'>;
  private isAway = false;

  constructor(
    @Inject(QUERY_CONFIG) config: QueryConfig,
    { registry }: Metrics,
    private readonly log: PinoLogger,
  ) {
    this.prefix = `{${config.REDIS_HASH_TAG}}:walk`;
    this.most = { owner: config.WALKS_MIB_PER_CALLER * MIB, all: config.WALKS_MIB * MIB };
    this.master = new RedisMaster(config.REDIS_URL);
    this.redis = this.master.connect('walks', { commandTimeout: ANSWER_LIMIT_MS, socketTimeout: ANSWER_LIMIT_MS });
    const registers = [registry];
    this.walks = new Counter({
      name: 'marquee_query_walks_total',
      help: 'Walks whose order was frozen (begun), refused as too many (refused), or gone when they went on (expired)',
      labelNames: ['did'],
      registers,
    });
    const orders: Gauge = new Gauge({
      name: 'marquee_query_walk_orders',
      help: 'Frozen orders that Redis keeps',
      registers,
      collect: () => this.measure(async () => orders.set(await this.redis.zcard(this.due))),
    });
    const bytes: Gauge = new Gauge({
      name: 'marquee_query_walk_orders_bytes',
      help: 'What the frozen orders in Redis count as against their bounds',
      registers,
      collect: () => this.measure(async () => bytes.set(Number(await this.redis.hget(this.charged, 'all')))),
    });
  }

  onModuleDestroy(): void {
    this.master.close();
  }

  async read(name: string, nonce: string, { open, past, known }: Wanted): Promise<ReadPart | null> {
    const ids = known.map((id) => packIds([id]));
    const args = [Buffer.from(nonce, 'base64url'), STAYS_MS, open.from, open.count, past.from, past.count, ...ids];
    const told = (await this.ask(READ, name, args)) as Buffer[] | null;
    if (!told) {
      this.walks.inc({ did: 'expired' });
      return null;
    }
    const [head, openIds, pastIds, isIn] = told as [Buffer, Buffer, Buffer, Buffer];
    const isKnown = (_id: string, at: number) => isIn.at(at) === IN;
    return {
      ...readHead(head),
      open: unpackIds(openIds),
      past: unpackIds(pastIds),
      known: new Set(known.filter(isKnown)),
    };
  }

  begin(name: string, asker: string, given: readonly string[], freeze: () => Promise<FrozenLists>): Promise<string> {
    const known = this.making.get(name);
    if (known) return known;
    const making = this.beginHere(name, asker, given, freeze).finally(() => this.making.delete(name));
    this.making.set(name, making);
    return making;
  }

  /** Asks first whether it may be kept: else who is refused would still cost the reading of a whole order. */
  private async beginHere(
    name: string,
    asker: string,
    given: readonly string[],
    freeze: () => Promise<FrozenLists>,
  ): Promise<string> {
    const owner = createHash('sha256').update(asker).digest().subarray(0, 16);
    const there = await this.keep(name, owner, Buffer.alloc(0));
    if (there !== null) return there;
    const nonce = randomBytes(8);
    const packed = packOrder(await freeze(), given, { nonce, owner, chargeOf });
    if (packed.length > this.most.owner) {
      const message = `this list is too long to walk in this order; narrow it, or walk with sort=created_at`;
      throw new Refusal(400, 'too_expensive', message);
    }
    const kept = await this.keep(name, owner, packed);
    if (kept === nonce.toString('base64url')) this.walks.inc({ did: 'begun' });
    return kept ?? nonce.toString('base64url');
  }

  /** The nonce of the order that is there; null: there is none, and one may be kept. */
  private async keep(name: string, owner: Buffer, packed: Buffer): Promise<string | null> {
    const { most } = this;
    const args = [packed, STAYS_MS, owner, LEAST_CHARGE, most.owner, most.all];
    const [did, more, lapsesInMs] = (await this.ask(BEGIN, name, args)) as [Buffer, Buffer, number];
    if (String(did) === 'none') return null;
    if (String(did) === 'kept') return more.toString('base64url');
    this.walks.inc({ did: 'refused' });
    const whose = String(more) === 'owner' ? 'of yours' : 'of all callers';
    const message = `too many walks ${whose} are under way; each is kept for ${STAYS_MS / 60_000} minutes after its last page`;
    const seconds = Math.max(1, Math.ceil(lapsesInMs / 1000));
    throw new Refusal(429, 'rate_limited', message, [], { 'retry-after': String(seconds) });
  }

  private async ask(script: RedisScript, name: string, args: (Buffer | number)[]): Promise<BinaryReply> {
    try {
      const reply = await script.runBinary(this.redis, [`${this.prefix}:${name}`, this.due, this.charged], args);
      this.isAway = false;
      return reply;
    } catch (error) {
      if (!this.isAway) this.log.warn({ err: error }, 'Redis did not answer; walks that move wait');
      this.isAway = true;
      throw new Refusal(503, 'unavailable', 'this walk cannot go on now; ask again with the same cursor in a moment');
    }
  }

  private get due(): string {
    return `${this.prefix}s-due`;
  }

  private get charged(): string {
    return `${this.prefix}s-charged`;
  }

  /** While Redis does not answer, the last known value stays. */
  private async measure(read: () => Promise<void>): Promise<void> {
    await read().catch(() => undefined);
  }
}

function chargeOf(bytes: number): number {
  return Math.max(LEAST_CHARGE, bytes + OVERHEAD_BYTES);
}

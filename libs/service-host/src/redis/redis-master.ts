import Redis, { type RedisOptions } from 'ioredis';
import { askNode, connectorThat, isFed } from './redis-node';
import { redisRefusal } from './redis-refusal';

/** How often it is asked which master the URL leads to, when nobody has a suspicion. */
const LOOK_EVERY_MS = 5000;
const SUSPICION_MS = { least: 250, most: 4000 };
/** After a refusal that only a replica gives. */
const REFUSED_MS = 250;
const ANSWER_LIMIT_MS = 2000;

export interface ConnectOptions extends RedisOptions {
  /** It only reads: a replica will do as long as its master feeds it. */
  reads?: boolean;
}

interface Standing {
  redis: Redis;
  /** Of the server that it leads to. */
  runId: string | undefined;
}

/**
 * All connections of one user to the Redis master that a URL leads to. A connection stays with its server when another one
 * becomes the master: the server answers as before, and what it has grows old. So a fresh connection asks now and then
 * which master the URL leads to, and soon when there is a suspicion; if it is another one, the standing connections move.
 * The name is resolved again each time, and one question is under way at a time.
 */
export class RedisMaster {
  private readonly standing: Standing[] = [];
  private readonly closing = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  /** When the timer ends, epoch ms. */
  private dueAt = Infinity;
  private looking: Promise<boolean> | undefined;
  private isSuspected = false;
  /** How many looks in turn had a suspicion and found no other master. */
  private inVain = 0;

  constructor(private readonly url: string) {
    this.lookWithin(LOOK_EVERY_MS);
  }

  /**
   * A connection that fails fast: a command that gets no answer, or finds no connection, rejects within seconds. It keeps
   * trying to connect for ever and never throws on its own. It is given up when an answer is missing: it may be dead
   * without anybody having said so.
   */
  connect(name: string, { reads = false, ...options }: ConnectOptions = {}): Redis {
    const redis = new Redis(this.url, {
      connectionName: name,
      connectTimeout: 2000,
      commandTimeout: 4000,
      socketTimeout: 3000,
      maxRetriesPerRequest: 1,
      retryStrategy: (times) => Math.min(50 * 2 ** times, 1000) * (0.5 + Math.random() / 2),
      reconnectOnError: (error) => this.refused(error),
      Connector: connectorThat((info) => {
        one.runId = info['run_id'];
        return info['role'] === undefined || info['role'] === 'master' || (reads && isFed(info));
      }),
      ...options,
    });
    const one: Standing = { redis, runId: undefined };
    redis.on('error', () => undefined);
    this.standing.push(one);
    return redis;
  }

  /** Something is as it would be if the master were another one by now: asks soon, less and less often. */
  suspect(): void {
    this.isSuspected = true;
    const ms = Math.min(SUSPICION_MS.least * 2 ** this.inVain, SUSPICION_MS.most);
    this.lookWithin(ms * (0.5 + Math.random() / 2));
  }

  /** Asks now. False: the URL leads to another master, and the connections are moving there. */
  async confirm(): Promise<boolean> {
    return this.look();
  }

  close(): void {
    this.closing.abort();
    clearTimeout(this.timer);
    for (const { redis } of this.standing) redis.disconnect();
  }

  /** Sees every error that Redis answers. Gives false: the connection stays until it is known that there is a better one. */
  private refused(error: Error): false {
    const refusal = redisRefusal(error);
    if (refusal === 'replica') this.lookWithin(REFUSED_MS * (0.5 + Math.random() / 2));
    if (refusal === 'passing') this.suspect();
    return false;
  }

  private lookWithin(ms: number): void {
    const dueAt = Date.now() + ms;
    if (this.closing.signal.aborted || dueAt >= this.dueAt) return;
    clearTimeout(this.timer);
    this.dueAt = dueAt;
    this.timer = setTimeout(() => void this.look(), ms);
    this.timer.unref();
  }

  private look(): Promise<boolean> {
    this.looking ??= this.moveToMaster().finally(() => {
      this.looking = undefined;
      this.inVain = this.isSuspected ? this.inVain + 1 : 0;
      this.isSuspected = false;
      this.dueAt = Infinity;
      this.lookWithin(LOOK_EVERY_MS * (0.75 + Math.random() / 2));
    });
    return this.looking;
  }

  /** Gives whether the connections stay. A node that does not answer, or is loading, is no better one. */
  private async moveToMaster(): Promise<boolean> {
    const found = await askNode(this.url, ANSWER_LIMIT_MS, this.closing.signal).catch(() => null);
    if (found?.['role'] !== 'master' || found['loading'] === '1') return true;
    const elsewhere = this.standing.filter(
      ({ redis, runId }) => redis.status === 'ready' && runId !== undefined && runId !== found['run_id'],
    );
    for (const { redis } of elsewhere) redis.disconnect(true);
    if (elsewhere.length > 0) this.isSuspected = false;
    return elsewhere.length === 0;
  }
}

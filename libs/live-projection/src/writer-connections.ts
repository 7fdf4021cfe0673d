import { RedisMaster } from '#libs/service-host';
import type Redis from 'ioredis';
import { ProjectionAway, classified } from './errors';

/** A writer's connections to the Redis that is the master, and what its errors mean. */
export class WriterConnections {
  readonly redis: Redis;
  /** Counts have a connection of their own: what else is told does not stand behind them. */
  readonly countsRedis: Redis;
  private readonly master: RedisMaster;
  private readonly wasConnected = new Set<Redis>();

  constructor(url: string) {
    this.master = new RedisMaster(url);
    this.redis = this.master.connect('projection-writer');
    this.countsRedis = this.master.connect('projection-counts');
    for (const redis of [this.redis, this.countsRedis]) redis.on('ready', () => this.wasConnected.add(redis));
  }

  /** Asks something of Redis. Throws the errors of errors.ts; by one that says so, another master is looked for. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      const known = classified(error);
      if (known instanceof ProjectionAway) this.master.suspect();
      throw known;
    }
  }

  /** The same, but a connection that is gone is not waited for: ingest goes on, the outbox keeps what was not told. */
  async askNow<T>(redis: Redis, question: () => Promise<T>): Promise<T> {
    if (this.wasConnected.has(redis) && redis.status !== 'ready') throw new ProjectionAway('no connection');
    return this.ask(question);
  }

  /** Throws ProjectionAway when another Redis is the master by now. */
  async confirmMaster(): Promise<void> {
    if (!(await this.master.confirm())) throw new ProjectionAway('another Redis is the master by now');
  }

  close(): void {
    this.master.close();
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Redis from 'ioredis';
import { type RedisServer, fetchArtifacts, redis } from '#tools/stack';
import { eventually } from './eventually';
import { FaultProxy } from './fault-proxy';

/** A real Redis with a connection of the test's own. */
export interface GivenRedis extends RedisServer {
  ask: Redis;
}

/**
 * Two real Redis, and a name for the one that is the master: new connections by `url` lead to it, old ones stay where
 * they are, as with a DNS name. At first `a` is the master and `b` its replica.
 */
export class RedisPair {
  master: GivenRedis;
  other: GivenRedis;

  private constructor(
    readonly a: GivenRedis,
    readonly b: GivenRedis,
    private readonly name: FaultProxy,
    private readonly directory: string,
  ) {
    [this.master, this.other] = [a, b];
  }

  static async start(): Promise<RedisPair> {
    const directory = mkdtempSync(join(tmpdir(), 'marquee-redis-pair-'));
    const artifacts = await fetchArtifacts();
    const given = async (name: string): Promise<GivenRedis> => {
      const made = await redis({ directory: join(directory, name), artifacts });
      await made.server.start();
      // So that the test can go on at once when it has asked for a new master.
      const ask = new Redis(made.url, { commandTimeout: 10_000 });
      await ask.config('SET', 'repl-diskless-sync-delay', '0');
      return { ...made, ask };
    };
    const [a, b] = await Promise.all([given('a'), given('b')]);
    const pair = new RedisPair(a, b, await FaultProxy.listen(), directory);
    pair.leadTo(a);
    await pair.follow(b, a);
    return pair;
  }

  get url(): string {
    return this.name.through(this.a.url);
  }

  leadTo(master: GivenRedis): void {
    this.name.leadTo(new URL(master.url).host);
  }

  /** Makes one a replica of the other, and waits until it is fed. */
  async follow(replica: GivenRedis, master: GivenRedis): Promise<void> {
    await replica.ask.replicaof('127.0.0.1', Number(new URL(master.url).port));
    await eventually('the replica is fed', async () =>
      (await replica.ask.info('replication')).includes('master_link_status:up') ? true : undefined,
    );
  }

  /** The other one becomes the master, and nobody tells the old one. */
  async promote(): Promise<void> {
    [this.master, this.other] = [this.other, this.master];
    await this.master.ask.replicaof('NO', 'ONE');
    this.leadTo(this.master);
  }

  /** An orderly failover: the other one becomes the master, the old one its replica; connections stay as they are. */
  async failOver(): Promise<void> {
    await this.promote();
    await this.follow(this.other, this.master);
  }

  freeze({ server }: GivenRedis): void {
    process.kill(server.pid ?? 0, 'SIGSTOP');
  }

  goOn({ server }: GivenRedis): void {
    if (server.pid !== undefined) process.kill(server.pid, 'SIGCONT');
  }

  async close(): Promise<void> {
    for (const one of [this.a, this.b]) {
      one.ask.disconnect();
      this.goOn(one);
    }
    await this.name.close();
    await Promise.all([this.a, this.b].map(({ server }) => server.stop()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

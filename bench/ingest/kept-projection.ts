import Redis from 'ioredis';
import { eventually } from '../../test/given/eventually';

/** The keys of one projection, which can be brought back to what they were when they were kept. */
export class KeptProjection {
  private readonly redis: Redis;

  constructor(
    url: string,
    private readonly tag: string,
  ) {
    this.redis = new Redis(url);
  }

  async keep(): Promise<void> {
    await this.copyAll(`{${this.tag}}:`, `kept:{${this.tag}}:`);
  }

  async restore(): Promise<void> {
    await this.copyAll(`kept:{${this.tag}}:`, `{${this.tag}}:`);
  }

  /** All values of one kind (`counts`, `sessions`) of the current epoch. */
  async values(kind: string): Promise<unknown[]> {
    const epoch = await this.redis.hget(`{${this.tag}}:meta`, 'epoch');
    const stored = await this.redis.hvals(`{${this.tag}}:${epoch}:${kind}`);
    return stored.map((text) => JSON.parse(text.slice(text.indexOf(' ') + 1)) as unknown);
  }

  /** What it says of itself; zeros while it is not there. */
  async state(): Promise<{ epoch: number; sessions: number; counts: number; rooms: number }> {
    const said = await this.redis.hmget(`{${this.tag}}:meta`, 'ready', 'epoch', 'count', 'counts', 'rooms');
    const [epoch, sessions, counts, rooms] = said.slice(1).map((value) => (said[0] === '1' ? Number(value ?? 0) : 0));
    return { epoch: epoch ?? 0, sessions: sessions ?? 0, counts: counts ?? 0, rooms: rooms ?? 0 };
  }

  /** Resolves when it is there. */
  async stands(): Promise<void> {
    await eventually('the projection stands', async () => ((await this.state()).epoch > 0 ? true : undefined));
  }

  /** As if Redis had lost it. */
  async empty(): Promise<void> {
    await this.remove(`{${this.tag}}:`);
  }

  /** Removes all of it. */
  async close(): Promise<void> {
    for (const prefix of [`{${this.tag}}:`, `kept:{${this.tag}}:`]) await this.remove(prefix);
    this.redis.disconnect();
  }

  /** Leaves it as it is. */
  leave(): void {
    this.redis.disconnect();
  }

  private async copyAll(from: string, to: string): Promise<void> {
    await this.remove(to);
    for (const key of await this.redis.keys(`${from}*`)) {
      await this.redis.copy(key, to + key.slice(from.length), 'REPLACE');
    }
  }

  private async remove(prefix: string): Promise<void> {
    const keys = await this.redis.keys(`${prefix}*`);
    if (keys.length > 0) await this.redis.unlink(...keys);
  }
}

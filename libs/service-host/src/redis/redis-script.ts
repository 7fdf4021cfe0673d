import { createHash } from 'node:crypto';
import type Redis from 'ioredis';

/** What a script gives where texts are bytes. */
export type BinaryReply = Buffer | number | null | BinaryReply[];

type Argument = string | number | Buffer;

/** A script that Redis runs as a whole: all of it happens or nothing. Sent by its digest once Redis knows it. */
export class RedisScript {
  private readonly digest: string;

  constructor(private readonly source: string) {
    this.digest = createHash('sha1').update(source).digest('hex');
  }

  run(redis: Redis, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.send((command, script) => redis.call(command, script, keys.length, ...keys, ...args));
  }

  /** The same; gives texts as bytes. */
  async runBinary(redis: Redis, keys: readonly string[], args: readonly Argument[]): Promise<BinaryReply> {
    const reply = await this.send((command, script) =>
      redis.callBuffer(command, script, keys.length, ...keys, ...args),
    );
    return reply as BinaryReply;
  }

  private async send(call: (command: string, script: string) => Promise<unknown>): Promise<unknown> {
    try {
      return await call('EVALSHA', this.digest);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return call('EVAL', this.source);
    }
  }
}

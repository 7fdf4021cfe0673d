import { createHash } from 'node:crypto';
import type Redis from 'ioredis';

/** What a script gives where texts are bytes. */
export type BinaryReply = Buffer | number | null | BinaryReply[];

/** A script that Redis runs as a whole, whose arguments and answers are bytes. Sent by its digest once Redis knows it. */
export class BinaryScript {
  private readonly digest: string;

  constructor(private readonly source: string) {
    this.digest = createHash('sha1').update(source).digest('hex');
  }

  async run(redis: Redis, keys: readonly string[], args: readonly (Buffer | string | number)[]): Promise<BinaryReply> {
    const rest = [keys.length, ...keys, ...args];
    try {
      return (await redis.callBuffer('EVALSHA', this.digest, ...rest)) as BinaryReply;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await redis.callBuffer('EVAL', this.source, ...rest)) as BinaryReply;
    }
  }
}

import { type ProcessFacts, processFacts } from '#libs/contracts';
import type Redis from 'ioredis';
import { RedisMaster } from '../redis/redis-master';
import { factsKeys } from './facts-keys';

const ANSWER_LIMIT_MS = 1000;

export interface SaidFacts {
  processes: ProcessFacts[];
  /** Names of processes of which facts are there that this build cannot read. */
  unreadable: string[];
}

/** Reads what processes said of themselves lately. */
export class FactsReader {
  private readonly master: RedisMaster;
  private readonly redis: Redis;
  private readonly keys;

  constructor({ redisUrl, tag }: { redisUrl: string; tag: string }) {
    this.master = new RedisMaster(redisUrl);
    this.redis = this.master.connect('facts-reader', {
      commandTimeout: ANSWER_LIMIT_MS,
      socketTimeout: ANSWER_LIMIT_MS,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
    });
    this.keys = factsKeys(tag);
  }

  /** By service and instance. Rejects while Redis is away. */
  async read(): Promise<SaidFacts> {
    const keys = (await this.redis.zrange(this.keys.index, '0', '-1')).sort();
    const texts = keys.length > 0 ? await this.redis.mget(...keys) : [];
    const said: SaidFacts = { processes: [], unreadable: [] };
    for (const [at, text] of texts.entries()) {
      // Whoever is missing has expired, or ended.
      if (text === null) continue;
      const facts = factsIn(text);
      if (facts) said.processes.push(facts);
      else said.unreadable.push((keys[at] ?? '').slice(this.keys.index.length + 1));
    }
    return said;
  }

  close(): void {
    this.master.close();
  }
}

function factsIn(text: string): ProcessFacts | undefined {
  try {
    return processFacts.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

import Redis from 'ioredis';

export interface Projected {
  epoch: number;
  seq: number;
  /** Ready, and of this very Redis process: what readers may trust. */
  trusted: boolean;
  /** id → version and body */
  sessions: Map<string, { version: number; body: Record<string, unknown> }>;
  counts: Map<string, { version: number; body: Record<string, unknown> }>;
}

/** Redis by its own port, read as the contract of its keys says. */
export class ProjectionWitness {
  constructor(
    private readonly url: string,
    private readonly tag: string,
  ) {}

  async read(): Promise<Projected> {
    return this.with(async (redis) => {
      const meta = await redis.hgetall(`{${this.tag}}:meta`);
      const epoch = Number(meta['epoch'] ?? 0);
      const runId = /run_id:(\w+)/.exec(await redis.info('server'))?.[1];
      const stored = async (kind: string) => {
        const hash = await redis.hgetall(`{${this.tag}}:${epoch}:${kind}`);
        return new Map(Object.entries(hash).map(([id, text]) => [id, parse(text)]));
      };
      return {
        epoch,
        seq: Number(meta['seq'] ?? 0),
        trusted: meta['ready'] === '1' && meta['run_id'] === runId,
        sessions: await stored('sessions'),
        counts: await stored('counts'),
      };
    });
  }

  async flush(): Promise<void> {
    await this.with((redis) => redis.flushall());
  }

  /** In bytes; 0: no limit. With less than is used, Redis refuses every write that needs memory. */
  async limitMemory(bytes: number): Promise<void> {
    await this.with((redis) => redis.config('SET', 'maxmemory', bytes));
  }

  private async with<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(this.url, { lazyConnect: true, retryStrategy: () => null, commandTimeout: 3000 });
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }
}

/** `version body` */
function parse(text: string) {
  const space = text.indexOf(' ');
  return { version: Number(text.slice(0, space)), body: JSON.parse(text.slice(space + 1)) as Record<string, unknown> };
}

import { RedisMaster } from '#libs/service-host';
import type Redis from 'ioredis';
import { classified } from './errors';
import { type HeldContent, contentOf, heldContents } from './held-contents';
import { heldPages } from './held-pages';
import { type Inspection, inspectionOf } from './inspection';
import { type Keys, keysOf } from './keys';
import type { ProjectionOptions } from './projection-writer';
import { LOOK } from './scripts/look';

const PER_SCAN = 1000;

/** What the projection holds, with its contents, for who compares it with something else. Writes nothing. */
export class ProjectionContents {
  private readonly master: RedisMaster;
  private readonly redis: Redis;
  private readonly keys: Keys;

  constructor({ url, tag }: ProjectionOptions) {
    this.master = new RedisMaster(url);
    this.redis = this.master.connect('projection-contents', { reads: true });
    this.keys = keysOf(tag);
  }

  /** Whether it can be trusted, and where it is. */
  async inspect(): Promise<Inspection> {
    const { meta, lock, prefix } = this.keys;
    try {
      return inspectionOf((await LOOK.run(this.redis, [meta, lock], [prefix])) as string[]);
    } catch (error) {
      throw classified(error);
    }
  }

  /** All that an epoch holds, in pages; what is there throughout is given at least once. An epoch that is over is empty. */
  async *pages(epoch: number): AsyncGenerator<HeldContent[]> {
    const scan = (hash: string, cursor: string) => this.redis.hscan(hash, cursor, 'COUNT', PER_SCAN);
    for await (const { kind, found } of heldPages(this.keys.of(epoch), scan)) {
      yield found.map(([id, text]) => contentOf(kind, id, text));
    }
  }

  /** The same of some; what is not held is not given. */
  some(epoch: number, of: readonly Pick<HeldContent, 'kind' | 'id'>[]): Promise<HeldContent[]> {
    return heldContents(this.redis, this.keys.of(epoch), of);
  }

  close(): void {
    this.master.close();
  }
}

import type { ProjectionChange } from '#libs/contracts';
import { RedisMaster } from '#libs/service-host';
import type Redis from 'ioredis';
import { decodeStored } from './encoding';
import { classified } from './errors';
import type { HeldKind } from './holdings';
import { type Inspection, inspectionOf } from './inspection';
import { HELD, type HeldLetter, type Keys, keysOf } from './keys';
import type { ProjectionOptions } from './projection-writer';
import { LOOK } from './scripts/look';

const PER_SCAN = 1000;
const KIND_OF = { s: 'session', c: 'counts', r: 'room', h: 'host', p: 'preset' } as const;

/** One thing that the projection holds, as it is stored. */
export interface HeldContent {
  kind: HeldKind;
  id: string;
  /** null: what stands there cannot be read. */
  change: ProjectionChange | null;
}

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
    for (const letter of Object.keys(HELD) as HeldLetter[]) {
      const hash = this.keys.of(epoch)[HELD[letter]];
      let cursor = '0';
      do {
        const [next, found] = await this.redis.hscan(hash, cursor, 'COUNT', PER_SCAN);
        yield found.flatMap((id, at) => (at % 2 === 0 ? [contentOf(letter, id, found[at + 1] ?? '')] : []));
        cursor = next;
      } while (cursor !== '0');
    }
  }

  /** The same of some; what is not held is not given. */
  async some(epoch: number, of: readonly Pick<HeldContent, 'kind' | 'id'>[]): Promise<HeldContent[]> {
    const held: HeldContent[] = [];
    for (const [letter, kind] of Object.entries(KIND_OF) as [HeldLetter, HeldKind][]) {
      const ids = of.flatMap((one) => (one.kind === kind ? [one.id] : []));
      for (let start = 0; start < ids.length; start += PER_SCAN) {
        const part = ids.slice(start, start + PER_SCAN);
        const texts = await this.redis.hmget(this.keys.of(epoch)[HELD[letter]], ...part);
        held.push(...part.flatMap((id, at) => (texts[at] == null ? [] : [contentOf(letter, id, texts[at])])));
      }
    }
    return held;
  }

  close(): void {
    this.master.close();
  }
}

function contentOf(letter: HeldLetter, id: string, stored: string): HeldContent {
  try {
    return { kind: KIND_OF[letter], id, change: decodeStored(letter, id, stored) };
  } catch {
    return { kind: KIND_OF[letter], id, change: null };
  }
}

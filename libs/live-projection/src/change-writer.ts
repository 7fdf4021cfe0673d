import type { Position, ProjectionChange } from '#libs/contracts';
import type { RedisScript } from '#libs/service-host';
import type Redis from 'ioredis';
import { encode } from './encoding';
import { ProjectionAway } from './errors';
import type { Keys } from './keys';
import { OneAtATime } from './one-at-a-time';
import { LOAD, WRITE } from './scripts/write';
import type { WriterConnections } from './writer-connections';

/** Lua takes no more than about 8000 values at once: the log's entry has two for each change. */
const CHANGES_PER_CALL = 3000;
/** A start waits for one call of counts at most, however many counts there are. */
const COUNTS_PER_CALL = 500;
const LOADS_PER_CALL = 500;
const LOG = { entries: 5000, bytes: 24 * 1024 * 1024 };

export interface Written {
  /** Contains the changes; null where there were none. */
  position: Position | null;
  /** How many of them were news. */
  effective: number;
  /** The newest epoch that contains them: the one that is being loaded, else the current one; null where there were none. */
  epoch: number | null;
}

/** Writes changes into Redis, as many in one call as it takes at once. */
export class ChangeWriter {
  private readonly countsLane = new OneAtATime();

  constructor(
    private readonly connections: WriterConnections,
    private readonly keys: Keys,
  ) {}

  /** Into the current epoch, and into one that is being loaded; see `ProjectionWriter.put`. */
  async put(changes: readonly ProjectionChange[], moment: number | undefined): Promise<Written> {
    const { redis, countsRedis } = this.connections;
    if (changes.every(({ kind }) => kind === 'counts')) {
      return this.putParts(parts(changes, COUNTS_PER_CALL), (part) =>
        this.countsLane.run(() => this.apply(countsRedis, part, moment ?? '')),
      );
    }
    return this.putParts(parts(changes, CHANGES_PER_CALL), (part) => this.apply(redis, part, moment ?? ''));
  }

  /** Into an epoch that is being loaded, and holds its lock for so long. */
  async load(epoch: number, changes: readonly ProjectionChange[], lockMs: number): Promise<void> {
    const settings = [this.keys.prefix, String(epoch), lockMs];
    await Promise.all(
      parts(changes, LOADS_PER_CALL).map((part) => this.run(this.connections.redis, LOAD, settings, part)),
    );
  }

  private async putParts(
    some: readonly (readonly ProjectionChange[])[],
    apply: (part: readonly ProjectionChange[]) => Promise<Written>,
  ): Promise<Written> {
    const written: Written = { position: null, effective: 0, epoch: null };
    for (const part of some) {
      const { position, effective, epoch } = await apply(part);
      written.position = position;
      written.effective += effective;
      // Told to two epochs, the parts are all in neither but the older one.
      written.epoch = Math.min(written.epoch ?? Infinity, epoch ?? Infinity);
    }
    return written;
  }

  private async apply(redis: Redis, changes: readonly ProjectionChange[], moment: number | ''): Promise<Written> {
    const settings = [this.keys.prefix, moment, LOG.entries, LOG.bytes];
    const answer = await this.run(redis, WRITE, settings, changes).catch(async (error: unknown) => {
      // What makes room in a full Redis is taken all the same: else it would stay full, whatever ends.
      const removals = changes.filter(({ kind }) => kind === 'removed');
      const isMixed = removals.length > 0 && removals.length < changes.length;
      if (isMixed && isFull(error)) await this.run(redis, WRITE, settings, removals);
      throw error;
    });
    const [epoch = 0, seq = 0, effective = 0, newest = 0] = answer as number[];
    return { position: { epoch, seq }, effective, epoch: newest };
  }

  private run(
    redis: Redis,
    script: RedisScript,
    settings: readonly (string | number)[],
    changes: readonly ProjectionChange[],
  ): Promise<unknown> {
    return this.connections.askNow(redis, () =>
      script.run(redis, [this.keys.meta], [...settings, ...changes.flatMap(encode)]),
    );
  }
}

function isFull(error: unknown): boolean {
  return error instanceof ProjectionAway && error.message.includes('OOM ');
}

function parts<T>(all: readonly T[], size: number): (readonly T[])[] {
  if (all.length <= size) return all.length === 0 ? [] : [all];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

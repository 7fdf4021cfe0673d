import type { ProjectionChange } from '#libs/contracts';
import type Redis from 'ioredis';
import { ChangeWriter, type Written } from './change-writer';
import { unlinkDeadEpochs } from './dead-epochs';
import { type Holding, versionPages, versionsOf } from './holdings';
import { type Inspection, inspectionOf } from './inspection';
import { type Keys, keysOf } from './keys';
import { FRESH } from './scripts/fresh';
import { LOOK } from './scripts/look';
import { ABANDON, BEGIN, READ, SWITCH } from './scripts/rebuild';
import { WriterConnections } from './writer-connections';

const LOCK_MS = 8000;

export interface ProjectionOptions {
  url: string;
  /** The hash tag of all keys. */
  tag: string;
}

export interface Rebuild {
  /** Nothing of the current epoch can be trusted: no reader may begin with it. */
  distrust?: boolean;
  /** The record may have gone back: the new epoch may have less than `fresh_at` says. */
  forgetFresh?: boolean;
  /**
   * Called when the new epoch has begun and before the first page is read. Gives the moment after which changes are newer
   * than what is read; see `put`.
   */
  begun?: () => Promise<number>;
}

/** How far the projection is known to go; epoch ms by Redis' clock. */
export interface Fresh {
  /** null: nobody has said it yet. */
  freshAt: number | null;
  now: number;
}

/** The only writer's side of the projection; several processes may write, versions guard every key. */
export class ProjectionWriter {
  private readonly connections: WriterConnections;
  private readonly changes: ChangeWriter;
  private readonly keys: Keys;

  constructor({ url, tag }: ProjectionOptions) {
    this.connections = new WriterConnections(url);
    this.keys = keysOf(tag);
    this.changes = new ChangeWriter(this.connections, this.keys);
  }

  /**
   * Projects changes in order; an older version never overwrites a newer one. `moment`: when they were read, by a clock that
   * only goes forward, and that counts every transaction. Throws ProjectionLost when a rebuild is due, ProjectionAway when
   * Redis cannot be reached, ReadTooEarly when a rebuild has read what came after the moment: it knows of no removals before
   * that.
   */
  put(changes: readonly ProjectionChange[], moment?: number): Promise<Written> {
    return this.changes.put(changes, moment);
  }

  /** Redis' clock, epoch ms. */
  async clock(): Promise<number> {
    return this.ask(async (redis) => {
      const [seconds, micros] = await redis.time();
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    });
  }

  /**
   * Writes `fresh_at`, epoch ms by Redis' clock, into an epoch: everything that producers had said by then is in it. It
   * never falls. null: asks only. Throws ProjectionLost when another epoch is current.
   */
  async noteFresh(epoch: number, freshAt: number | null): Promise<Fresh> {
    return this.ask(async (redis) => {
      const answer = await FRESH.run(redis, [this.keys.meta], [epoch, freshAt ?? '']);
      const [known = -1, now = 0] = answer as number[];
      return { freshAt: known < 0 ? null : known, now };
    });
  }

  /** Whether the projection can be trusted: there, whole, of this very Redis process. */
  async inspect(): Promise<Inspection> {
    const { meta, lock, prefix } = this.keys;
    return this.ask(async (redis) => {
      return inspectionOf((await LOOK.run(redis, [meta, lock], [prefix])) as string[]);
    });
  }

  /**
   * Loads a new epoch from pages of everything and switches to it. What others write meanwhile is in it before the
   * switch. Gives false when another process is at it. `epoch` must be greater than any before. Throws ProjectionAway when
   * another Redis is the master by now: two that rebuild by turns, each in its own, would never end.
   */
  async rebuild(
    epoch: number,
    pages: AsyncIterable<readonly ProjectionChange[]>,
    { distrust = false, forgetFresh = false, begun = async () => 0 }: Rebuild = {},
  ): Promise<boolean> {
    const { meta, lock, prefix } = this.keys;
    await this.connections.confirmMaster();
    const hasBegun = await this.ask((redis) => BEGIN.run(redis, [meta, lock], [epoch, LOCK_MS, distrust ? '1' : '0']));
    if (hasBegun === 0) return false;
    try {
      const moment = await begun();
      await this.ask((redis) => READ.run(redis, [meta], [epoch, moment]));
      if (distrust) await this.clean();
      await this.load(epoch, pages);
      await this.ask((redis) => SWITCH.run(redis, [meta, lock], [prefix, epoch, forgetFresh ? '1' : '0']));
      return true;
    } catch (error) {
      await this.abandon(epoch).catch(() => undefined);
      throw error;
    }
  }

  /** Ends a rebuild that nobody is at any more, and forgets what it loaded. */
  async abandon(epoch: number): Promise<void> {
    const { meta, lock, prefix } = this.keys;
    await this.ask((redis) => ABANDON.run(redis, [meta, lock], [prefix, epoch]));
  }

  /** Forgets what epochs left behind that are over; gives how many keys there were. */
  async clean(): Promise<number> {
    return this.ask((redis) => unlinkDeadEpochs(redis, this.keys));
  }

  /** Whether it is this caller's turn to do something that is done once in a time, over all processes. */
  async takeTurn(at: string, everyMs: number): Promise<boolean> {
    return this.ask(async (redis) => (await redis.set(this.keys.turn(at), Date.now(), 'PX', everyMs, 'NX')) === 'OK');
  }

  /** All that an epoch holds, without the texts, in pages; throws ProjectionLost when the epoch is over. */
  holdings(epoch: number): AsyncIterable<Holding[]> {
    return versionPages(this.connections.redis, this.keys, epoch);
  }

  /** The same of some. */
  async held(epoch: number, of: readonly Pick<Holding, 'kind' | 'id'>[]): Promise<Holding[]> {
    return this.ask((redis) => versionsOf(redis, this.keys, epoch, of));
  }

  async ping(): Promise<void> {
    await this.connections.redis.ping();
  }

  async close(): Promise<void> {
    this.connections.close();
  }

  /** Writes one page while the next is read. */
  private async load(epoch: number, pages: AsyncIterable<readonly ProjectionChange[]>): Promise<void> {
    let loading: Promise<void> = Promise.resolve();
    for await (const page of pages) {
      await loading;
      loading = this.changes.load(epoch, page, LOCK_MS);
      // Avoids an unhandled rejection; it is awaited with the next page.
      loading.catch(() => undefined);
    }
    await loading;
  }

  private ask<T>(question: (redis: Redis) => Promise<T>): Promise<T> {
    return this.connections.ask(() => question(this.connections.redis));
  }
}

import type { Position, ProjectionChange } from '#libs/contracts';
import { RedisMaster } from '#libs/service-host';
import type Redis from 'ioredis';
import { unlinkDeadEpochs } from './dead-epochs';
import { encode } from './encoding';
import { ProjectionAway, classified } from './errors';
import { type Holding, heldPages, heldVersions } from './holdings';
import { type Inspection, inspectionOf } from './inspection';
import { type Keys, keysOf } from './keys';
import { OneAtATime } from './one-at-a-time';
import { FRESH } from './scripts/fresh';
import { LOOK } from './scripts/look';
import { ABANDON, BEGIN, READ, SWITCH } from './scripts/rebuild';
import type { Script } from './scripts/script';
import { LOAD, WRITE } from './scripts/write';

/** Lua takes no more than about 8000 values at once: the log's entry has two for each change. */
const CHANGES_PER_CALL = 3000;
/** A start waits for one call of counts at most, however many counts there are. */
const COUNTS_PER_CALL = 500;
const LOADS_PER_CALL = 500;
const LOG = { entries: 5000, bytes: 24 * 1024 * 1024 };
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

export interface Written {
  /** Contains the changes; null where there were none. */
  position: Position | null;
  /** How many of them were news. */
  effective: number;
  /** The newest epoch that contains them: the one that is being loaded, else the current one; null where there were none. */
  epoch: number | null;
}

/** How far the projection is known to go; epoch ms by Redis' clock. */
export interface Fresh {
  /** null: nobody has said it yet. */
  freshAt: number | null;
  now: number;
}

/** The only writer's side of the projection; several processes may write, versions guard every key. */
export class ProjectionWriter {
  private readonly master: RedisMaster;
  private readonly redis: Redis;
  /** Counts have a connection of their own: what else is told does not stand behind them. */
  private readonly countsRedis: Redis;
  private readonly countsLane = new OneAtATime();
  private readonly keys: Keys;
  private readonly wasConnected = new Set<Redis>();

  constructor({ url, tag }: ProjectionOptions) {
    this.master = new RedisMaster(url);
    this.redis = this.master.connect('projection-writer');
    this.countsRedis = this.master.connect('projection-counts');
    for (const redis of [this.redis, this.countsRedis]) redis.on('ready', () => this.wasConnected.add(redis));
    this.keys = keysOf(tag);
  }

  /**
   * Projects changes in order; an older version never overwrites a newer one. Resolves with the position that contains
   * them. Throws ProjectionLost when a rebuild is due, ProjectionAway when Redis cannot be reached.
   */
  async write(changes: readonly ProjectionChange[]): Promise<Position | null> {
    return (await this.put(changes)).position;
  }

  /**
   * The same of changes that were read at some moment before. `moment`: of a clock that only goes forward, and that counts
   * every transaction. Throws ReadTooEarly when a rebuild has read what came later: it knows of no removals before that.
   */
  async put(changes: readonly ProjectionChange[], moment?: number): Promise<Written> {
    if (changes.every(({ kind }) => kind === 'counts')) {
      return this.putParts(parts(changes, COUNTS_PER_CALL), (part) =>
        this.countsLane.run(() => this.apply(this.countsRedis, part, moment ?? '')),
      );
    }
    return this.putParts(parts(changes, CHANGES_PER_CALL), (part) => this.apply(this.redis, part, moment ?? ''));
  }

  /** Redis' clock, epoch ms. */
  async clock(): Promise<number> {
    return this.ask(async () => {
      const [seconds, micros] = await this.redis.time();
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    });
  }

  /**
   * Writes `fresh_at`, epoch ms by Redis' clock, into an epoch: everything that producers had said by then is in it. It
   * never falls. null: asks only. Throws ProjectionLost when another epoch is current.
   */
  async noteFresh(epoch: number, freshAt: number | null): Promise<Fresh> {
    return this.ask(async () => {
      const answer = await FRESH.run(this.redis, [this.keys.meta], [epoch, freshAt ?? '']);
      const [known = -1, now = 0] = answer as number[];
      return { freshAt: known < 0 ? null : known, now };
    });
  }

  /** Whether the projection can be trusted: there, whole, of this very Redis process. */
  async inspect(): Promise<Inspection> {
    const { meta, lock, prefix } = this.keys;
    return this.ask(async () => {
      return inspectionOf((await LOOK.run(this.redis, [meta, lock], [prefix])) as string[]);
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
    if (!(await this.master.confirm())) throw new ProjectionAway('another Redis is the master by now');
    const hasBegun = await this.ask(() => BEGIN.run(this.redis, [meta, lock], [epoch, LOCK_MS, distrust ? '1' : '0']));
    if (hasBegun === 0) return false;
    try {
      const moment = await begun();
      await this.ask(() => READ.run(this.redis, [meta], [epoch, moment]));
      if (distrust) await this.clean();
      await this.load(String(epoch), pages);
      await this.ask(() => SWITCH.run(this.redis, [meta, lock], [prefix, epoch, forgetFresh ? '1' : '0']));
      return true;
    } catch (error) {
      await this.abandon(epoch).catch(() => undefined);
      throw error;
    }
  }

  /** Ends a rebuild that nobody is at any more, and forgets what it loaded. */
  async abandon(epoch: number): Promise<void> {
    const { meta, lock, prefix } = this.keys;
    await this.ask(() => ABANDON.run(this.redis, [meta, lock], [prefix, epoch]));
  }

  /** Forgets what epochs left behind that are over; gives how many keys there were. */
  async clean(): Promise<number> {
    return this.ask(() => unlinkDeadEpochs(this.redis, this.keys));
  }

  /** Whether it is this caller's turn to do something that is done once in a time, over all processes. */
  async takeTurn(at: string, everyMs: number): Promise<boolean> {
    return this.ask(async () => (await this.redis.set(this.keys.turn(at), Date.now(), 'PX', everyMs, 'NX')) === 'OK');
  }

  /** All that an epoch holds, without the texts, in pages; throws ProjectionLost when the epoch is over. */
  holdings(epoch: number): AsyncIterable<Holding[]> {
    return heldPages(this.redis, this.keys, epoch);
  }

  /** The same of some. */
  async held(epoch: number, of: readonly Pick<Holding, 'kind' | 'id'>[]): Promise<Holding[]> {
    return this.ask(() => heldVersions(this.redis, this.keys, epoch, of));
  }

  async ping(): Promise<void> {
    await this.redis.ping();
  }

  async close(): Promise<void> {
    this.master.close();
  }

  /** Writes one page while the next is read. */
  private async load(epoch: string, pages: AsyncIterable<readonly ProjectionChange[]>): Promise<void> {
    let loading: Promise<unknown> = Promise.resolve();
    for await (const page of pages) {
      await loading;
      loading = Promise.all(parts(page, LOADS_PER_CALL).map((part) => this.loadPart(part, epoch)));
      // Avoids an unhandled rejection; it is awaited with the next page.
      loading.catch(() => undefined);
    }
    await loading;
  }

  private async loadPart(changes: readonly ProjectionChange[], epoch: string): Promise<void> {
    const settings = [this.keys.prefix, epoch, LOCK_MS];
    await this.run(this.redis, LOAD, settings, changes);
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

  private async run(
    redis: Redis,
    script: Script,
    settings: readonly (string | number)[],
    changes: readonly ProjectionChange[],
  ): Promise<unknown> {
    // A connection that is gone is not waited for: ingest goes on, the outbox keeps what was not told.
    if (this.wasConnected.has(redis) && redis.status !== 'ready') throw new ProjectionAway('no connection');
    return this.ask(() => script.run(redis, [this.keys.meta], [...settings, ...changes.flatMap(encode)]));
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      const known = classified(error);
      if (known instanceof ProjectionAway) this.master.suspect();
      throw known;
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof ProjectionAway && error.message.includes('OOM ');
}

function parts<T>(all: readonly T[], size: number): (readonly T[])[] {
  if (all.length <= size) return all.length === 0 ? [] : [all];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

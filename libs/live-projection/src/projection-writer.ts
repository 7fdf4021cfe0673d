import type { Position, ProjectionChange } from '#libs/contracts';
import { RedisMaster } from '#libs/service-host';
import type Redis from 'ioredis';
import { unlinkDeadEpochs } from './dead-epochs';
import { encode } from './encoding';
import { ProjectionAway, ReadTooEarly, classified } from './errors';
import { type Holding, heldPages, heldVersions } from './holdings';
import { type Inspection, inspectionOf } from './inspection';
import { type Keys, keysOf } from './keys';
import { LOOK } from './scripts/look';
import { ABANDON, BEGIN, SWITCH } from './scripts/rebuild';
import type { Script } from './scripts/script';
import { LOAD, WRITE } from './scripts/write';

/** Lua takes no more than about 8000 values at once: the log's entry has two for each change. */
const CHANGES_PER_CALL = 3000;
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
}

export interface Written {
  /** Contains the changes; null where there were none. */
  position: Position | null;
  /** How many of them were news. */
  effective: number;
}

/** The only writer's side of the projection; several processes may write, versions guard every key. */
export class ProjectionWriter {
  private readonly master: RedisMaster;
  private readonly redis: Redis;
  private readonly keys: Keys;
  private wasConnected = false;
  private newest = 0;

  constructor({ url, tag }: ProjectionOptions) {
    this.master = new RedisMaster(url);
    this.redis = this.master.connect('projection-writer');
    this.redis.on('ready', () => {
      this.wasConnected = true;
    });
    this.keys = keysOf(tag);
  }

  /** Take one before changes are read, and give it to `put`: the newest epoch known to have been begun. */
  ticket(): number {
    return this.newest;
  }

  /**
   * Projects changes in order; an older version never overwrites a newer one. Resolves with the position that contains
   * them. Throws ProjectionLost when a rebuild is due, ProjectionAway when Redis cannot be reached.
   */
  async write(changes: readonly ProjectionChange[]): Promise<Position | null> {
    return (await this.put(changes)).position;
  }

  /** The same of changes that may be old by now. Throws ReadTooEarly when a rebuild began after the ticket was taken. */
  async put(changes: readonly ProjectionChange[], ticket?: number): Promise<Written> {
    const written: Written = { position: null, effective: 0 };
    for (const part of parts(changes, CHANGES_PER_CALL)) {
      const { position, effective } = await this.apply(part, ticket ?? '');
      written.position = position;
      written.effective += effective;
    }
    return written;
  }

  /** Whether the projection can be trusted: there, whole, of this very Redis process. */
  async inspect(): Promise<Inspection> {
    const { meta, lock, prefix } = this.keys;
    return this.ask(async () => {
      const inspection = inspectionOf((await LOOK.run(this.redis, [meta, lock], [prefix])) as string[]);
      this.newest = Math.max(this.newest, inspection.position?.epoch ?? 0, inspection.building ?? 0);
      return inspection;
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
    { distrust = false }: Rebuild = {},
  ): Promise<boolean> {
    const { meta, lock, prefix } = this.keys;
    if (!(await this.master.confirm())) throw new ProjectionAway('another Redis is the master by now');
    const begun = await this.ask(() => BEGIN.run(this.redis, [meta, lock], [epoch, LOCK_MS, distrust ? '1' : '0']));
    if (begun === 0) return false;
    this.newest = Math.max(this.newest, epoch);
    try {
      if (distrust) await this.clean();
      await this.load(String(epoch), pages);
      await this.ask(() => SWITCH.run(this.redis, [meta, lock], [prefix, epoch]));
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
      // It is awaited with the next page; until then its failure is nobody's surprise.
      loading.catch(() => undefined);
    }
    await loading;
  }

  private async loadPart(changes: readonly ProjectionChange[], epoch: string): Promise<void> {
    const settings = [this.keys.prefix, Date.now(), epoch, LOCK_MS];
    await this.run(LOAD, settings, changes);
  }

  private async apply(
    changes: readonly ProjectionChange[],
    ticket: number | '',
  ): Promise<{ position: Position; effective: number }> {
    const settings = [this.keys.prefix, Date.now(), ticket, LOG.entries, LOG.bytes];
    const answer = await this.run(WRITE, settings, changes);
    const [epoch = 0, seq = 0, effective = 0, newest = 0] = answer as number[];
    this.newest = Math.max(this.newest, newest);
    return { position: { epoch, seq }, effective };
  }

  private async run(
    script: Script,
    settings: readonly (string | number)[],
    changes: readonly ProjectionChange[],
  ): Promise<unknown> {
    // A connection that is gone is not waited for: ingest goes on, the projection is repaired later.
    if (this.wasConnected && this.redis.status !== 'ready') throw new ProjectionAway('no connection');
    return this.ask(() => script.run(this.redis, [this.keys.meta], [...settings, ...changes.flatMap(encode)]));
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (error) {
      const known = classified(error);
      if (known instanceof ProjectionAway) this.master.suspect();
      if (known instanceof ReadTooEarly) this.newest = Math.max(this.newest, known.newest);
      throw known;
    }
  }
}

function parts<T>(all: readonly T[], size: number): (readonly T[])[] {
  if (all.length <= size) return all.length === 0 ? [] : [all];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

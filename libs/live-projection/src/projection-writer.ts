import type { Position, ProjectionChange } from '#libs/contracts';
import type Redis from 'ioredis';
import { connect } from './connection';
import { encode } from './encoding';
import { ProjectionAway, ProjectionLost, classified } from './errors';
import { type Keys, keysOf } from './keys';
import { BEGIN_REBUILD, SWITCH, WRITE } from './scripts';

const CHANGES_PER_CALL = 500;
const LOG_LENGTH = 5000;
const LOCK_MS = 15_000;

export interface ProjectionOptions {
  url: string;
  /** The hash tag of all keys. */
  tag: string;
}

export interface Inspection {
  /** Why a rebuild is due; null when all is well. */
  lost: string | null;
  position: Position | null;
  sessions: number;
}

/** The only writer's side of the projection; several processes may write, versions guard every key. */
export class ProjectionWriter {
  private readonly redis: Redis;
  private readonly keys: Keys;

  constructor({ url, tag }: ProjectionOptions) {
    this.redis = connect(url, 'projection-writer');
    this.keys = keysOf(tag);
  }

  /**
   * Projects changes in order; an older version never overwrites a newer one. Resolves with the position that contains
   * them. Throws ProjectionLost when a rebuild is due, ProjectionAway when Redis cannot be reached.
   */
  async write(changes: readonly ProjectionChange[]): Promise<Position | null> {
    return this.apply(changes, '');
  }

  /** Whether the projection can be trusted: there, of this very Redis process, with as many sessions as it says. */
  async inspect(): Promise<Inspection> {
    try {
      const [meta, runId] = await Promise.all([this.redis.hgetall(this.keys.meta), this.runId()]);
      const epoch = Number(meta['epoch']);
      const position = meta['epoch'] === undefined ? null : { epoch, seq: Number(meta['seq']) };
      const sessions = position ? await this.redis.hlen(this.keys.of(epoch).sessions) : 0;
      return { lost: lossOf(meta, runId, sessions), position, sessions };
    } catch (error) {
      throw classified(error);
    }
  }

  /**
   * Loads a new epoch from pages of everything and switches to it. What others write meanwhile is in it before the
   * switch. Gives false when another process is at it. `epoch` must be greater than any before.
   */
  async rebuild(epoch: number, pages: AsyncIterable<readonly ProjectionChange[]>): Promise<boolean> {
    const { meta, lock, prefix } = this.keys;
    try {
      if ((await this.redis.eval(BEGIN_REBUILD, 2, meta, lock, epoch, LOCK_MS)) === 0) return false;
      for await (const page of pages) await this.apply(page, String(epoch));
      const before = await this.redis.eval(SWITCH, 2, meta, lock, prefix, epoch, await this.runId());
      if (before !== '') await this.forget(Number(before));
      return true;
    } catch (error) {
      await this.giveUp(epoch);
      throw error instanceof ProjectionLost || error instanceof ProjectionAway ? error : classified(error);
    }
  }

  async ping(): Promise<void> {
    await this.redis.ping();
  }

  async close(): Promise<void> {
    this.redis.disconnect();
  }

  private async apply(changes: readonly ProjectionChange[], loading: string): Promise<Position | null> {
    // A connection that is gone is not waited for: ingest goes on, the projection is rebuilt later.
    if (['close', 'reconnecting', 'end'].includes(this.redis.status)) throw new ProjectionAway('no connection');
    let position: Position | null = null;
    for (let start = 0; start < changes.length; start += CHANGES_PER_CALL) {
      const part = changes.slice(start, start + CHANGES_PER_CALL).flatMap(encode);
      try {
        const [epoch, seq] = (await this.redis.eval(
          WRITE,
          1,
          this.keys.meta,
          this.keys.prefix,
          Date.now(),
          LOG_LENGTH,
          loading,
          ...part,
        )) as [number, number, number];
        position = { epoch, seq };
      } catch (error) {
        throw classified(error);
      }
    }
    return position;
  }

  private async runId(): Promise<string> {
    return /run_id:(\w+)/.exec(await this.redis.info('server'))?.[1] ?? '';
  }

  private async forget(epoch: number): Promise<void> {
    const { log: _log, ...state } = this.keys.of(epoch);
    await this.redis.unlink(...Object.values(state));
  }

  /** Frees the lock if it is still this rebuild's, so that the next try need not wait for it to lapse. */
  private async giveUp(epoch: number): Promise<void> {
    try {
      if ((await this.redis.get(this.keys.lock)) === String(epoch)) await this.redis.del(this.keys.lock);
      await this.redis.unlink(...Object.values(this.keys.of(epoch)));
    } catch {
      // Redis is away: the lock lapses by itself.
    }
  }
}

function lossOf(meta: Record<string, string>, runId: string, sessions: number): string | null {
  if (meta['ready'] !== '1') return 'it was never built, or emptied';
  if (meta['run_id'] !== runId) return 'Redis was restarted';
  if (Number(meta['count']) !== sessions) return `it should hold ${meta['count']} sessions and holds ${sessions}`;
  return null;
}

import type { Freshness, Position, ProjectionChange } from '#libs/contracts';
import { RedisMaster } from '#libs/service-host';
import type Redis from 'ioredis';
import { Unreadable, decodeEntry } from './encoding';
import { HeldFreshness } from './held-freshness';
import { type Keys, keysOf } from './keys';
import type { ProjectionListener } from './projection-listener';
import type { ProjectionOptions } from './projection-writer';
import { ENTRIES_PER_READ, Reload, follows, readLog } from './read-log';
import { type Standing, readStanding } from './standing';
import { readState } from './stored-state';

const BLOCK_MS = 500;
/** A dead connection never answers: these end it. With the check's interval they stay below 5 s. */
const BLOCK_LIMIT_MS = 2500;
const ANSWER_LIMIT_MS = 2500;
const CHECK_EVERY_MS = 1000;
const RETRY_MS = { least: 250, most: 1000, unreadable: 4000 };

/**
 * Follows the projection: position first, then the state, then the log from that position. Tells nothing as current
 * before the log has passed the position read after the state. A gap or another epoch: loads again. After anything else
 * it keeps what it holds and goes on with the log, if epoch, position and Redis agree. What it holds is stale while it
 * cannot do so, and while the writer's `fresh_at` is missing or too old; then it looks for another master. Never goes back: a position older than the one it holds is what damage looks like, and is waited out.
 */
export class ProjectionReader {
  private readonly master: RedisMaster;
  private readonly commands: Redis;
  private readonly blocking: Redis;
  private readonly keys: Keys;
  private position: Position | undefined;
  /** What was held at the position can be gone on from; undefined: only a load helps. */
  private loadedFrom: Pick<Standing, 'epoch' | 'runId'> | undefined;
  private readonly held: HeldFreshness;
  private running: Promise<void> | undefined;
  private stopping = false;
  /** Where it stood when it was last seen to be behind. */
  private behindAt: number | undefined;
  /** Since the log was last seen to lead to the position. */
  private failures = 0;

  constructor(
    { url, tag }: ProjectionOptions,
    private readonly listener: ProjectionListener,
  ) {
    this.keys = keysOf(tag);
    this.held = new HeldFreshness((freshness) => listener.fresh(freshness));
    this.master = new RedisMaster(url);
    const connect = (name: string, ms: number) =>
      this.master.connect(name, { reads: true, commandTimeout: ms, socketTimeout: ms });
    this.commands = connect('projection-reader', ANSWER_LIMIT_MS);
    this.blocking = connect('projection-tail', BLOCK_LIMIT_MS);
  }

  /** The position that has been told; undefined until the first load. */
  get at(): Position | undefined {
    return this.position;
  }

  get freshness(): Freshness {
    return this.held.now;
  }

  /** Whether the log can be followed, as far as is known: then what is projected comes by, however old that is. */
  get isFollowing(): boolean {
    return this.held.isFollowed;
  }

  /**
   * Where the projection is now: whatever was projected before the call is at or before it. Rejects when Redis cannot
   * be asked, or has no projection.
   */
  async head(): Promise<Position> {
    const [epoch, seq] = await this.commands.hmget(this.keys.meta, 'epoch', 'seq');
    if (!epoch || !seq) throw new Error('the projection is not built');
    return { epoch: Number(epoch), seq: Number(seq) };
  }

  start(): void {
    this.running ??= this.follow();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.master.close();
    await this.running;
    this.held.stop();
  }

  private async follow(): Promise<void> {
    while (!this.stopping) {
      try {
        if (!(await this.goOn())) await this.load();
        this.held.followed(null);
        await this.tail();
      } catch (error) {
        if (this.stopping) return;
        this.failures += 1;
        if (error instanceof Reload || error instanceof Unreadable) this.loadedFrom = undefined;
        // One reload is the order of the day; what fails again is not current any more.
        if (error instanceof Reload && this.failures === 1) continue;
        this.held.followed(messageOf(error));
        this.master.suspect();
        await this.pause(error instanceof Unreadable ? RETRY_MS.unreadable : RETRY_MS.most);
      }
    }
  }

  private async pause(mostMs: number): Promise<void> {
    const ms = Math.min(RETRY_MS.least * 2 ** (this.failures - 1), mostMs);
    await new Promise((resolve) => setTimeout(resolve, ms * (0.5 + Math.random() / 2)));
  }

  /** Goes on from what is held; false when that is not of this projection. */
  private async goOn(): Promise<boolean> {
    const [from, position] = [this.loadedFrom, this.position];
    if (!from || !position) return false;
    const now = await this.standing();
    if (now.epoch !== from.epoch || now.runId !== from.runId) return false;
    const { changes, seq } = await readLog(this.commands, this.keys.of(now.epoch).log, position.seq, now.seq);
    this.behindAt = undefined;
    if (changes.length > 0) this.tellChanged(changes, { epoch: now.epoch, seq });
    else this.held.reached(position);
    return true;
  }

  private async load(): Promise<void> {
    const before = await this.standing();
    const state = await readState(this.commands, this.keys.of(before.epoch));
    const after = await this.standing();
    if (after.epoch !== before.epoch) throw new Reload('the epoch changed during the load');
    const { changes, seq } = await readLog(this.commands, this.keys.of(before.epoch).log, before.seq, after.seq);
    this.position = { epoch: before.epoch, seq };
    this.behindAt = undefined;
    this.listener.loaded([...state, ...changes], this.position);
    this.loadedFrom = after;
    this.held.reached(this.position);
  }

  private async tail(): Promise<void> {
    let checkedAt = performance.now();
    while (!this.stopping) {
      const { epoch, seq } = this.at ?? { epoch: 0, seq: 0 };
      const answer = await this.blocking.xread(
        'COUNT',
        ENTRIES_PER_READ,
        'BLOCK',
        BLOCK_MS,
        'STREAMS',
        this.keys.of(epoch).log,
        `${seq}-0`,
      );
      for (const [id, fields] of answer?.[0]?.[1] ?? []) {
        if (fields[0] === 'moved') throw new Reload('there is a new epoch');
        const position = { epoch, seq: follows(this.position?.seq ?? seq, id) };
        this.tellChanged(decodeEntry(fields), position);
      }
      if (performance.now() - checkedAt >= CHECK_EVERY_MS) {
        await this.compare();
        checkedAt = performance.now();
      }
    }
  }

  /** Whether the log that is followed is still the projection's, and has nothing that did not come by. */
  private async compare(): Promise<void> {
    const meta = await this.standing();
    const { epoch, seq } = this.position ?? meta;
    this.held.reached({ epoch, seq });
    if (this.freshness.isStale) this.master.suspect();
    if (meta.epoch !== epoch) throw new Reload('there is a new epoch');
    if (meta.seq !== seq && this.behindAt === seq) throw new Reload('the log does not lead to the position');
    this.behindAt = meta.seq === seq ? undefined : seq;
    this.failures = 0;
  }

  /** Rejects when the projection is not to be trusted, or older than what is held. */
  private async standing(): Promise<Standing> {
    const beganAt = performance.now();
    const standing = await readStanding(this.commands, this.keys.meta);
    const { epoch, seq } = standing;
    const at = this.position;
    if (!at || epoch > at.epoch || (epoch === at.epoch && seq >= at.seq)) {
      this.held.saw(standing, beganAt);
      return standing;
    }
    throw new Error(`the projection went back from ${at.epoch}.${at.seq} to ${epoch}.${seq}`);
  }

  private tellChanged(changes: ProjectionChange[], position: Position): void {
    this.position = position;
    const from = this.loadedFrom;
    // A listener that throws has half of it: then only a load helps.
    this.loadedFrom = undefined;
    this.listener.changed(changes, position);
    this.loadedFrom = from;
    this.held.reached(position);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

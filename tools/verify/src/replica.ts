import { setTimeout as wait } from 'node:timers/promises';
import { type Position, type ProjectionChange, isBefore } from '#libs/contracts';
import { type LiveInput, LiveState } from '#libs/live-list';
import { type ProjectionListener, type ProjectionOptions, ProjectionReader } from '#libs/live-projection';
import { CouldNotLook } from './could-not-look';

const LOAD_LIMIT_MS = 30_000;
const LOG_LIMIT_MS = 15_000;
const LOOK_MS = 20;

/**
 * The projection in memory, as readers have it, at any position that one asks for: what its log says later waits until
 * then. For each session it knows at which position it last became another one.
 */
export class Replica implements ProjectionListener {
  readonly state = new LiveState();
  position: Position | undefined;
  private readonly reader: ProjectionReader;
  private waiting: { changes: ProjectionChange[]; position: Position }[] = [];
  private touched = new Map<string, number>();
  private loadedAt = 0;

  private constructor(options: ProjectionOptions) {
    this.reader = new ProjectionReader(options, this);
  }

  /** Loads it. Throws CouldNotLook. */
  static async follow(options: ProjectionOptions): Promise<Replica> {
    const replica = new Replica(options);
    replica.reader.start();
    await replica
      .until(() => replica.position !== undefined, LOAD_LIMIT_MS, 'the projection was not loaded')
      .catch(async (error: unknown) => {
        await replica.close();
        throw error;
      });
    return replica;
  }

  /** Where Redis is now. */
  async head(): Promise<Position> {
    return this.reader.head();
  }

  /** Applies what the log says up to a position, and nothing later; waits until the log says it. */
  async advance(to: Position): Promise<Position> {
    await this.until(() => this.apply(to), LOG_LIMIT_MS, `the log did not come to ${to.epoch}.${to.seq}`);
    return this.position ?? to;
  }

  /** As it is now, whatever that is by then. */
  async advanceToHead(): Promise<Position> {
    return this.advance(await this.head());
  }

  /** Whether an answer of a position has all that is known of a session here. */
  isKnownAt(id: string, at: Position): boolean {
    if (this.position?.epoch !== at.epoch) return false;
    return at.seq >= (this.touched.get(id) ?? this.loadedAt);
  }

  inputOf(id: string): LiveInput | undefined {
    const slot = this.state.slotOf(id);
    return slot === undefined ? undefined : this.state.inputAt(slot);
  }

  loaded(changes: ProjectionChange[], position: Position): void {
    this.state.clear();
    this.waiting = [];
    this.touched = new Map();
    this.take(changes, position);
    this.loadedAt = position.seq;
    this.touched.clear();
  }

  changed(changes: ProjectionChange[], position: Position): void {
    this.waiting.push({ changes, position });
  }

  fresh(): void {
    // Whoever waits for a position in vain says so.
  }

  async close(): Promise<void> {
    await this.reader.stop();
  }

  /** True once it is there. */
  private apply(to: Position): boolean {
    for (let next = this.waiting[0]; next && !isBefore(to, next.position); next = this.waiting[0]) {
      this.waiting.shift();
      this.take(next.changes, next.position);
    }
    return this.position !== undefined && !isBefore(this.position, to);
  }

  private take(changes: readonly ProjectionChange[], position: Position): void {
    for (const change of changes) this.state.apply(change);
    for (const { slot } of this.state.takeTouched()) this.touched.set(this.state.idAt(slot), position.seq);
    this.position = position;
  }

  private async until(isSo: () => boolean, limitMs: number, what: string): Promise<void> {
    const deadline = Date.now() + limitMs;
    while (!isSo()) {
      if (Date.now() > deadline) {
        const { why } = this.reader.freshness;
        throw new CouldNotLook('Redis', why === null ? what : `${what}: ${why}`, 'see that REDIS_URL leads to it');
      }
      await wait(LOOK_MS);
    }
  }
}

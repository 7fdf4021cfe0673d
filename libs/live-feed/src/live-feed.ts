import type { Freshness, Position, ProjectionChange } from '#libs/contracts';
import {
  type Ask,
  Desk,
  type DeskLimits,
  type FollowedView,
  INTERVALS_MS,
  LiveList,
  type Outlet,
  Pace,
} from '#libs/live-list';
import { type ProjectionListener, ProjectionReader } from '#libs/live-projection';
import type { Facts } from '#libs/service-host';
import { CatchUp } from './catch-up';
import { presentation } from './presentation';
import { steadyNow } from './steady-clock';

const STEP_MS = 20;
/** Listeners that are sent a frame before other work of the process gets its turn. */
const SLICE = 500;

/** Who is told what happens to the feed. */
export interface FeedLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface LiveFeedOptions<L> {
  /** Where the projection is, and its hash tag. */
  redis: { url: string; tag: string };
  /** Where frames leave to the listeners `L`. */
  outlet: Outlet<L>;
  limits: DeskLimits & { views: { list: number; text: number } };
  log: FeedLog;
  /** Stretches the time between frames when they cost too much. */
  pace?: Pace;
  /** Is told how long each turn of work took, in seconds. */
  turns?: { observe(seconds: number): void };
}

/**
 * Follows the projection, keeps the open sessions in memory, and brings each change to those who asked for it. The one
 * machine behind the socket, the event stream and REST: the first two are outlets, REST reads `list.state`. While the
 * projection cannot be read, what was read stays.
 */
export class LiveFeed<L> implements ProjectionListener {
  readonly list: LiveList;
  /** Where listeners ask and leave. */
  readonly desk: Desk<L>;
  /** Another number after each change of what sessions are, other than their counts. */
  mark = 0;
  private readonly reader: ProjectionReader;
  private readonly caughtUp: CatchUp;
  private readonly pace: Pace;
  private isStaleTold: boolean | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pumping: NodeJS.Immediate | undefined;

  constructor(private readonly options: LiveFeedOptions<L>) {
    const { redis, outlet, limits, pace = new Pace(steadyNow()) } = options;
    this.pace = pace;
    this.list = new LiveList({ presentation, limits: limits.views, intervalsMs: INTERVALS_MS });
    this.desk = new Desk(this.list, outlet, limits);
    this.reader = new ProjectionReader(redis, this);
    this.caughtUp = new CatchUp(
      () => this.reader.head(),
      () => this.reader.isFollowing,
    );
  }

  start(): void {
    this.reader.start();
    this.timer = setInterval(() => this.work(() => this.desk.step(this.now)), STEP_MS);
  }

  /** Follows no longer, and sends nothing more. Listeners are the outlet's to say goodbye to. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.reader.stop();
    clearImmediate(this.pumping);
  }

  /** Answers now, or as soon as the log has come to where the listener was; within 2 s. */
  ask(asked: Ask<L>): void {
    this.work(() => this.desk.ask(asked, this.now));
  }

  /** The listener is gone. */
  forget(listener: L): void {
    this.desk.forget(listener);
  }

  /** The time by which the desk works: it never goes back. */
  get now(): number {
    return steadyNow();
  }

  /** What is held contains all that was projected up to it; undefined until the first load. */
  get position(): Position | undefined {
    return this.list.position;
  }

  /** How far what is held can be trusted. */
  get freshness(): Freshness {
    return this.reader.freshness;
  }

  /** What is held may be old. */
  get isStale(): boolean {
    return this.freshness.isStale;
  }

  /** For readiness: rejects only as long as nothing was ever loaded; what is old is `degraded`. */
  async facts(): Promise<Facts> {
    const { position } = this;
    const { isStale, why, freshAt } = this.freshness;
    if (!position) throw new Error(`the projection was never loaded: ${why}`);
    return { ...position, sessions: this.list.state.size, freshAt, ...(isStale && { degraded: `stale: ${why}` }) };
  }

  /** Lists that somebody follows, for who runs it; watches are no lists. */
  followedViews(): FollowedView[] {
    return this.desk.fanout.followedViews();
  }

  /** By how much the time between frames is stretched at the moment. */
  get stretch(): number {
    return this.pace.stretch;
  }

  /**
   * Waits until all that was projected before the call is held here; false when that cannot be known. What another
   * process has pushed was projected before. Calls of one moment get the same promise.
   */
  catchUp(): Promise<boolean> {
    return this.reader.isFollowing ? this.caughtUp.ask() : Promise.resolve(false);
  }

  loaded(changes: ProjectionChange[], position: Position): void {
    this.mark += 1;
    this.work(() => this.desk.load(changes, position, this.now));
    this.caughtUp.passed(position);
    this.options.log.info({ ...position, open: this.list.state.size }, 'the live projection is loaded');
  }

  changed(changes: ProjectionChange[], position: Position): void {
    for (const { kind } of changes) if (kind !== 'counts') this.mark += 1;
    this.work(() => this.desk.apply(changes, position, this.now));
    this.caughtUp.passed(position);
  }

  fresh(freshness: Freshness): void {
    const { isStale, why } = freshness;
    this.work(() => this.desk.setFreshness(freshness, this.now));
    if (isStale === this.isStaleTold) return;
    this.isStaleTold = isStale;
    this.mark += 1;
    if (isStale) this.options.log.warn({ why }, 'the live list may be old');
    else this.options.log.info({}, 'the live list is fresh');
  }

  /** Does a piece of work, and sends what it made due. */
  private work(work: () => void): void {
    this.time(work);
    this.pump();
  }

  /** Sends in slices, so that others are served in between. */
  private pump(): void {
    if (this.pumping) return;
    const isMore = this.time(() => this.desk.pump(SLICE, this.now));
    if (!isMore) return;
    this.pumping = setImmediate(() => {
      this.pumping = undefined;
      this.pump();
    });
  }

  private time<T>(work: () => T): T {
    const start = performance.now();
    this.desk.clockIsAhead(Date.now() - this.now);
    const result = work();
    const tookMs = performance.now() - start;
    this.options.turns?.observe(tookMs / 1000);
    this.pace.spent(tookMs, this.now);
    this.list.stretch = this.pace.stretch;
    return result;
  }
}

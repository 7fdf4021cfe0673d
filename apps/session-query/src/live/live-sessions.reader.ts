import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Freshness, Position, ProjectionChange } from '#libs/contracts';
import { type Named, isBefore } from '#libs/live-list';
import { type ProjectionListener, ProjectionReader, measureFreshness } from '#libs/live-projection';
import { Metrics, Readiness, Refusal } from '#libs/service-host';
import type { Presentable } from '#libs/session';
import { PinoLogger } from 'nestjs-pino';
import { SharedAfter } from '../http/shared-after';
import { QUERY_CONFIG, type QueryConfig } from '../config';
import { LiveStreams } from '../stream/live-streams.service';

/** So long a request waits for the log; then it gets what is held, which is called stale. */
const CATCH_UP_LIMIT_MS = 500;

/** The open sessions in memory, as the projection tells them. While it cannot be read they stay as they were. */
@Injectable()
export class LiveSessions implements ProjectionListener, OnModuleInit, OnModuleDestroy {
  /** What is held contains all that was projected up to it. */
  position: Position | undefined;
  /** Another number after each change of what sessions are, other than their counts. */
  mark = 0;
  private readonly reader: ProjectionReader;
  private readonly caughtUp = new SharedAfter(async () => (await this.reachHead()) && this.reader.isFollowing);
  private waiting: { until: Position; reached: () => void }[] = [];
  private isStaleTold: boolean | undefined;

  constructor(
    @Inject(QUERY_CONFIG) config: QueryConfig,
    readiness: Readiness,
    { registry }: Metrics,
    private readonly streams: LiveStreams,
    private readonly log: PinoLogger,
  ) {
    this.reader = new ProjectionReader({ url: config.REDIS_URL, tag: config.REDIS_HASH_TAG }, this);
    measureFreshness(registry, () => this.reader.freshness);
    readiness.add('live projection', async () => {
      const { position } = this;
      const { isStale, why, freshAt } = this.freshness;
      if (!position) throw new Error(`the projection was never loaded: ${why}`);
      return { position, open: streams.list.state.size, freshAt, ...(isStale && { degraded: `stale: ${why}` }) };
    });
  }

  onModuleInit(): void {
    this.reader.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.reader.stop();
  }

  get freshness(): Freshness {
    return this.reader.freshness;
  }

  /** What is held may be old. */
  get isStale(): boolean {
    return this.freshness.isStale;
  }

  /**
   * The open sessions where an index says that they can be, good for this turn of the event loop; a refusal as long as
   * nothing has been read at all, since none is not the same as unknown.
   */
  open(named: Named): Iterable<Presentable> {
    if (this.position) return this.streams.list.state.open(named);
    throw new Refusal(503, 'unavailable', 'the live list has not been read yet; ask again in a moment');
  }

  /**
   * Waits until all that was projected before the call is held here; gives false when that cannot be known. What a
   * gateway has pushed was projected before.
   */
  catchUp(): Promise<boolean> {
    return this.reader.isFollowing ? this.caughtUp.ask() : Promise.resolve(false);
  }

  loaded(changes: ProjectionChange[], position: Position): void {
    this.streams.load(changes, position);
    this.mark += 1;
    this.reached(position);
    this.log.info({ position, open: this.streams.list.state.size }, 'the live projection is loaded');
  }

  changed(changes: ProjectionChange[], position: Position): void {
    this.streams.apply(changes, position);
    for (const { kind } of changes) if (kind !== 'counts') this.mark += 1;
    this.reached(position);
  }

  fresh(freshness: Freshness): void {
    const { isStale, why } = freshness;
    this.streams.fresh(freshness);
    if (isStale === this.isStaleTold) return;
    this.isStaleTold = isStale;
    this.mark += 1;
    if (isStale) this.log.warn({ why }, 'the live list may be old');
    else this.log.info('the live list is fresh');
  }

  private reached(position: Position): void {
    this.position = position;
    if (this.waiting.length === 0) return;
    const { waiting } = this;
    this.waiting = waiting.filter(({ until }) => isBefore(position, until));
    for (const { until, reached } of waiting) if (!isBefore(position, until)) reached();
  }

  private async reachHead(): Promise<boolean> {
    try {
      const until = await this.reader.head();
      if (this.position && !isBefore(this.position, until)) return true;
      return await this.reach(until);
    } catch {
      return false;
    }
  }

  private reach(until: Position): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((one) => one !== waiting);
        resolve(false);
      }, CATCH_UP_LIMIT_MS);
      const waiting = {
        until,
        reached: () => {
          clearTimeout(timer);
          resolve(true);
        },
      };
      this.waiting.push(waiting);
    });
  }
}

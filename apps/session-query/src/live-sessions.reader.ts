import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Position, ProjectionChange } from '#libs/contracts';
import { LiveState } from '#libs/live-list';
import { type ProjectionListener, ProjectionReader } from '#libs/live-projection';
import { Readiness, Refusal } from '#libs/service-host';
import { QUERY_CONFIG, type QueryConfig } from './config';

/** The open sessions in memory, as the projection tells them. While it cannot be read they stay as they were. */
@Injectable()
export class LiveSessions implements ProjectionListener, OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(LiveSessions.name);
  private readonly state = new LiveState();
  private readonly reader: ProjectionReader;
  private isBehind = true;
  position: Position | undefined;

  constructor(@Inject(QUERY_CONFIG) config: QueryConfig, readiness: Readiness) {
    this.reader = new ProjectionReader({ url: config.REDIS_URL, tag: config.REDIS_HASH_TAG }, this);
    readiness.add('live projection', async () => {
      if (this.isBehind) throw new Error('the projection cannot be read');
      return { position: this.position, open: this.state.size };
    });
  }

  onModuleInit(): void {
    this.reader.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.reader.stop();
  }

  /** What is held may be old. */
  get isStale(): boolean {
    return this.isBehind;
  }

  /** The open sessions; a refusal as long as nothing has been read at all, since none is not the same as unknown. */
  open(): Iterable<ReturnType<LiveState['inputAt']> & object> {
    if (this.position) return this.state.inputs();
    throw new Refusal(503, 'unavailable', 'the live list has not been read yet; ask again in a moment');
  }

  loaded(changes: ProjectionChange[], position: Position): void {
    this.state.clear();
    this.take(changes, position);
    this.logger.log({ position, open: this.state.size }, 'the live projection is loaded');
  }

  changed(changes: ProjectionChange[], position: Position): void {
    this.take(changes, position);
  }

  stale(isStale: boolean): void {
    this.isBehind = isStale;
    if (isStale) this.logger.warn('the live projection cannot be read; the last known state is served');
  }

  private take(changes: readonly ProjectionChange[], position: Position): void {
    for (const change of changes) this.state.apply(change);
    // Nobody here asks what changed; taking it frees the slots of closed sessions.
    this.state.takeTouched();
    this.position = position;
  }
}

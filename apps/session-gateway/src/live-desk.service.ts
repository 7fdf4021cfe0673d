import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Position, ProjectionChange } from '#libs/contracts';
import { Desk, INTERVALS_MS, LiveList } from '#libs/live-list';
import { type ProjectionListener, ProjectionReader } from '#libs/live-projection';
import { Readiness } from '#libs/service-host';
import { GATEWAY_CONFIG, type GatewayConfig } from './config';
import type { LiveServer, LiveSocket } from './live-socket';
import { presentation } from './presentation';
import { SocketOutlet } from './socket.outlet';

const STEP_MS = 20;
const SLICE = 500;
const VIEWS = { list: 2000, watch: 2000 };
const VIEWS_PER_SOCKET = 8;

/** Follows the projection, and runs the desk: what is pure in `libs/live-list` gets its clock and its sockets here. */
@Injectable()
export class LiveDesk implements OnModuleInit, OnModuleDestroy, ProjectionListener {
  private readonly logger = new Logger(LiveDesk.name);
  private readonly list = new LiveList({ presentation, limits: VIEWS, intervalsMs: INTERVALS_MS });
  private readonly reader: ProjectionReader;
  private opened: { desk: Desk<LiveSocket>; server: LiveServer } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pumping: NodeJS.Immediate | undefined;

  constructor(@Inject(GATEWAY_CONFIG) config: GatewayConfig, readiness: Readiness) {
    this.reader = new ProjectionReader({ url: config.REDIS_URL, tag: config.REDIS_HASH_TAG }, this);
    readiness.add('projection', () => this.look());
  }

  onModuleInit(): void {
    this.reader.start();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    clearImmediate(this.pumping);
    await this.reader.stop();
    this.opened?.server.emit('bye', { reason: 'shutdown', retry_after_ms: 1000 });
  }

  /** The server is there; from here on sockets come. */
  open(server: LiveServer): void {
    const desk = new Desk(this.list, new SocketOutlet(server), { viewsPerListener: VIEWS_PER_SOCKET });
    this.opened = { desk, server };
    desk.fanout.setStale(this.reader.stale, Date.now());
    this.timer = setInterval(() => {
      desk.step(Date.now());
      this.pump();
    }, STEP_MS);
  }

  get desk(): Desk<LiveSocket> {
    if (!this.opened) throw new Error('the desk is not open yet');
    return this.opened.desk;
  }

  loaded(changes: ProjectionChange[], position: Position): void {
    this.logger.log({ ...position, changes: changes.length }, 'the projection was loaded');
    (this.opened?.desk ?? this.list).load(changes, position, Date.now());
    this.pump();
  }

  changed(changes: ProjectionChange[], position: Position): void {
    (this.opened?.desk ?? this.list).apply(changes, position, Date.now());
    this.pump();
  }

  stale(isStale: boolean): void {
    if (isStale) this.logger.warn('the projection cannot be followed: the list may be old');
    this.opened?.desk.fanout.setStale(isStale, Date.now());
  }

  /** In slices, so that sockets are served in between. */
  private pump(): void {
    if (this.pumping || !this.opened?.desk.fanout.pump(SLICE, Date.now())) return;
    this.pumping = setImmediate(() => {
      this.pumping = undefined;
      this.pump();
    });
  }

  private look(): Promise<Record<string, unknown>> {
    const { at, stale } = this.reader;
    if (!at) return Promise.reject(new Error('the projection was never loaded'));
    if (stale) return Promise.reject(new Error('the projection cannot be followed'));
    return Promise.resolve({ ...at, sessions: this.list.state.size });
  }
}

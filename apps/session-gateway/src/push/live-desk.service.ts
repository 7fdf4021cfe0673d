import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Position, ProjectionChange } from '#libs/contracts';
import { Desk, type DeskLimits, type FollowedView, INTERVALS_MS, LiveList, Pace } from '#libs/live-list';
import { type ProjectionListener, ProjectionReader } from '#libs/live-projection';
import { Readiness } from '#libs/service-host';
import { PinoLogger } from 'nestjs-pino';
import { Admission } from '../connect/admission';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config';
import { cutClogged, guardConnection } from '../connect/connection-guard';
import { sayGoodbye } from './farewell';
import { GatewayMetrics } from './gateway.metrics';
import type { LiveServer, LiveSocket } from '../requests/live-socket';
import { presentation } from './presentation';
import { SocketOutlet } from './socket.outlet';
import type { Connection } from './wire';

const STEP_MS = 20;
const SWEEP_MS = 1000;
const SLICE = 500;
const VIEWS = { list: 2000, text: 500, watch: 2000 };
const VIEWS_PER_SOCKET = 8;
const WAITING_IN_ALL = 20_000;

/** Follows the projection, and runs the desk: what is pure in `libs/live-list` gets its clock and its sockets here. */
@Injectable()
export class LiveDesk implements OnModuleInit, OnModuleDestroy, ProjectionListener {
  private readonly list = new LiveList({ presentation, limits: VIEWS, intervalsMs: INTERVALS_MS });
  private readonly pace = new Pace(Date.now());
  private readonly reader: ProjectionReader;
  private opened: { desk: Desk<LiveSocket>; server: LiveServer; outlet: SocketOutlet } | undefined;
  private timers: NodeJS.Timeout[] = [];
  private pumping: NodeJS.Immediate | undefined;

  constructor(
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    readiness: Readiness,
    private readonly admission: Admission,
    private readonly metrics: GatewayMetrics,
    private readonly log: PinoLogger,
  ) {
    this.reader = new ProjectionReader({ url: config.REDIS_URL, tag: config.REDIS_HASH_TAG }, this);
    readiness.add('projection', () => this.look());
    metrics.observe(() => ({
      sockets: this.opened?.server.sockets.sockets.size ?? 0,
      views: this.list.viewCount,
      sessions: this.list.state.size,
      stretch: this.pace.stretch,
      seq: this.list.position?.seq ?? 0,
    }));
  }

  onModuleInit(): void {
    this.reader.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.admission.shut();
    await this.reader.stop();
    for (const timer of this.timers) clearInterval(timer);
    clearImmediate(this.pumping);
    if (this.opened) await sayGoodbye(this.opened.server);
  }

  /** The server is there; from here on sockets come. */
  open(server: LiveServer): void {
    const outlet = new SocketOutlet(server, this.metrics, () => {
      this.log.warn('frames cannot be shared with these versions of engine.io and ws');
    });
    const desk = new Desk(this.list, outlet, limitsOf(this.config));
    this.opened = { desk, server, outlet };
    desk.fanout.setStale(this.reader.stale, Date.now());
    this.timers = [
      setInterval(() => this.work(() => desk.step(Date.now())), STEP_MS),
      setInterval(() => this.dismissed('clogged', cutClogged(connectionsOf(server))), SWEEP_MS),
    ];
    server.engine.on('connection', (connection: Connection) => {
      guardConnection(connection, () => this.dismissed('flood', 1));
    });
  }

  get desk(): Desk<LiveSocket> {
    if (!this.opened) throw new Error('the desk is not open yet');
    return this.opened.desk;
  }

  /** Views that somebody follows, for who runs it. */
  followedViews(): FollowedView[] {
    return this.opened?.desk.fanout.followedViews() ?? [];
  }

  dismiss(socket: LiveSocket, reason: string): void {
    this.desk.forget(socket);
    this.opened?.outlet.dismiss(socket, reason);
  }

  loaded(changes: ProjectionChange[], position: Position): void {
    this.log.info({ ...position, changes: changes.length }, 'the projection was loaded');
    this.work(() => (this.opened?.desk ?? this.list).load(changes, position, Date.now()));
  }

  changed(changes: ProjectionChange[], position: Position): void {
    this.work(() => (this.opened?.desk ?? this.list).apply(changes, position, Date.now()));
  }

  stale(isStale: boolean): void {
    if (isStale) this.log.warn('the projection cannot be followed: the list may be old');
    this.work(() => this.opened?.desk.fanout.setStale(isStale, Date.now()));
  }

  private dismissed(reason: string, connections: number): void {
    if (connections > 0) this.metrics.dismissed.inc({ reason }, connections);
  }

  /** Sends what the work made due, in slices, so that sockets are served in between. */
  private work(work: () => void): void {
    this.time(work);
    this.pump();
  }

  private pump(): void {
    if (this.pumping) return;
    const isMore = this.time(() => this.opened?.desk.pump(SLICE, Date.now()) ?? false);
    if (!isMore) return;
    this.pumping = setImmediate(() => {
      this.pumping = undefined;
      this.pump();
    });
  }

  private time<T>(work: () => T): T {
    const start = performance.now();
    const result = work();
    const tookMs = performance.now() - start;
    this.metrics.steps.observe(tookMs / 1000);
    this.pace.spent(tookMs, Date.now());
    this.list.stretch = this.pace.stretch;
    return result;
  }

  private look(): Promise<Record<string, unknown>> {
    const { at, stale } = this.reader;
    if (!at) return Promise.reject(new Error('the projection was never loaded'));
    if (stale) return Promise.reject(new Error('the projection cannot be followed'));
    return Promise.resolve({ ...at, sessions: this.list.state.size });
  }
}

function limitsOf(config: GatewayConfig): DeskLimits {
  return {
    viewsPerListener: VIEWS_PER_SOCKET,
    viewsPerAddress: {
      list: config.VIEWS_PER_ADDRESS,
      text: config.TEXT_VIEWS_PER_ADDRESS,
      watch: config.WATCHES_PER_ADDRESS,
    },
    waiting: { perAddress: config.WAITING_PER_ADDRESS, inAll: Math.max(WAITING_IN_ALL, config.WAITING_PER_ADDRESS) },
  };
}

/** All of them, also those that never entered the namespace. */
function connectionsOf({ engine }: LiveServer): Connection[] {
  return Object.values((engine as unknown as { clients: Record<string, Connection> }).clients);
}

import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Outlet, Sent } from '#libs/live-list';
import { PinoLogger } from 'nestjs-pino';
import { GatewayMetrics } from './gateway.metrics';
import type { LiveSocket } from './live-socket';
import { type SharedFrame, sharedFrame } from './shared-frame';
import { canShare, connectionOf, cut, queuedBytes, write } from './wire';

/** The bytes of what is sent, kept with it for all who are sent it. A WeakMap costs more than making a small frame. */
const MADE = Symbol('made');

/** How long a dismissed client waits before it comes again, ms: at least this, at most twice. */
const RETRY_AFTER_MS = 2000;

/**
 * Frames leave by Socket.IO. A frame's bytes are made once and written to each socket as they are; where the versions
 * of engine.io and ws do not allow it, Socket.IO's own broadcast does it, and the client sees the same.
 */
@Injectable()
export class SocketOutlet implements Outlet<LiveSocket> {
  /** A snapshot is one object for all who ask in its time, and is sent to each on its own. */
  private readonly snapshots = new WeakMap<object, SharedFrame>();
  private shares: boolean | undefined;

  /** `way`: `stock` never writes past engine.io. */
  constructor(
    @Inject(GatewayMetrics) private readonly metrics: Pick<GatewayMetrics, 'countFrames' | 'dismissed'>,
    @Inject(PinoLogger) private readonly log: Pick<PinoLogger, 'warn'>,
    @Optional() way: 'shared' | 'stock' = 'shared',
  ) {
    if (way === 'stock') this.shares = false;
  }

  broadcast(sent: Sent, to: readonly LiveSocket[]): readonly LiveSocket[] {
    const [first] = to;
    if (!first) return [];
    const busy = this.isShared(first) ? this.share(this.frameOf(sent), to) : this.emit(sent, to);
    this.metrics.countFrames(sent.event, to.length - busy.length);
    return busy;
  }

  send(sent: Sent, to: LiveSocket): void {
    this.metrics.countFrames(sent.event, 1);
    if (this.isShared(to)) write(connectionOf(to), this.frameOf(sent));
    else to.emit(sent.event as 'delta', sent.frame as never);
  }

  queued(socket: LiveSocket): number {
    return queuedBytes(connectionOf(socket));
  }

  dismiss(socket: LiveSocket, reason: string): void {
    this.metrics.dismissed.inc({ reason });
    if (this.queued(socket) > 0) return cut(connectionOf(socket));
    socket.emit('bye', { reason, retry_after_ms: Math.round(RETRY_AFTER_MS * (1 + Math.random())) });
    socket.disconnect(true);
  }

  /** One pass: what is done for each of thousands of sockets is most of what a frame costs beside its system calls. */
  private share(frame: SharedFrame, to: readonly LiveSocket[]): LiveSocket[] {
    const busy: LiveSocket[] = [];
    for (const socket of to) {
      const connection = connectionOf(socket);
      if (queuedBytes(connection) > 0) busy.push(socket);
      else write(connection, frame);
    }
    return busy;
  }

  private emit(sent: Sent, to: readonly LiveSocket[]): LiveSocket[] {
    const busy = new Set(to.filter((socket) => this.queued(socket) > 0));
    const ready = to.filter((socket) => !busy.has(socket));
    ready[0]?.nsp.to(ready.map(({ id }) => id)).emit(sent.event as 'delta', sent.frame as never);
    return [...busy];
  }

  private isShared(socket: LiveSocket): boolean {
    if (this.shares === undefined) {
      this.shares = canShare(connectionOf(socket));
      if (!this.shares) this.log.warn('frames cannot be shared with these versions of engine.io and ws');
    }
    return this.shares;
  }

  private frameOf(sent: Sent & { [MADE]?: SharedFrame }): SharedFrame {
    const { event, frame } = sent;
    if (event !== 'snapshot') return (sent[MADE] ??= sharedFrame(event, frame));
    const made = this.snapshots.get(frame) ?? sharedFrame(event, frame);
    this.snapshots.set(frame, made);
    return made;
  }
}

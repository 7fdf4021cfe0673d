import type { Outlet, Sent } from '#libs/live-list';
import type { LiveServer, LiveSocket } from './live-socket';
import { queuedBytes } from './wire';

/** How long a dismissed client waits before it comes again, ms: at least this, at most twice. */
const RETRY_AFTER_MS = 2000;

/** Frames leave by Socket.IO. */
export class SocketOutlet implements Outlet<LiveSocket> {
  constructor(private readonly server: LiveServer) {}

  broadcast({ event, frame }: Sent, to: readonly LiveSocket[]): readonly LiveSocket[] {
    const [ready, busy] = [
      to.filter((socket) => this.queued(socket) === 0),
      to.filter((socket) => this.queued(socket) > 0),
    ];
    if (ready.length > 0) this.server.to(ready.map(({ id }) => id)).emit(event as 'delta', frame as never);
    return busy;
  }

  send({ event, frame }: Sent, to: LiveSocket): void {
    to.emit(event as 'delta', frame as never);
  }

  queued(socket: LiveSocket): number {
    return queuedBytes(socket.conn);
  }

  dismiss(socket: LiveSocket, reason: string): void {
    socket.emit('bye', { reason, retry_after_ms: Math.round(RETRY_AFTER_MS * (1 + Math.random())) });
    socket.disconnect(true);
  }
}
